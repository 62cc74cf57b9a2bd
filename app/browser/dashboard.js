import { followStream } from './live-stream.js';
import { createReplicaNews } from './replica-news.js';
import { createVerdictChart } from './verdict-chart.js';

const content = /** @type {HTMLElement} */ (document.querySelector('[data-content]'));
const link = /** @type {HTMLElement} */ (document.querySelector('[data-link]'));
const news = /** @type {HTMLElement} */ (document.querySelector('[data-news]'));

const tellNews = createReplicaNews();
const chart = createVerdictChart(/** @type {HTMLElement} */ (document.querySelector('[data-chart]')));

/** @param {string[]} sentences */
function announce(sentences) {
  if (sentences.length > 0) news.textContent = sentences.join(' ');
}

/** @param {string} state @param {string} text */
function showLink(state, text) {
  link.hidden = false;
  link.dataset.link = state;
  link.textContent = text;
}

/** @param {string} html */
function showContent(html) {
  // Morph in place, so that focus, selection and scroll position stay. Skip the chart: the server does not render it.
  Idiomorph.morph(content, html, {
    morphStyle: 'innerHTML',
    callbacks: { beforeNodeMorphed: (node) => !(node instanceof Element && node.matches('[data-chart]')) },
  });
}

showLink('waiting', 'Connecting …');
followStream('/dashboard/events', {
  onSnapshot(event) {
    showLink('live', 'Live');
    showContent(event.html);
    chart.show(event.history);
    announce(tellNews(event.replicas));
  },
  onUnavailable({ message, html }) {
    showLink('lost', message);
    if (html) showContent(html);
  },
  onWaiting: () => showLink('waiting', 'Connecting …'),
  onLost: () => announce(['The connection was lost. What is shown is no longer up to date.']),
  onBack: () => announce(['The connection is back.']),
});

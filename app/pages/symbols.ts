import { html } from 'hono/html';

/**
 * The SVG symbols of all pages. The flags are those that the International Code of Signals has for the characters of a
 * server id. They differ in pattern, not only in colour.
 */
export const symbols = html`<svg class="symbols" width="0" height="0" aria-hidden="true">
<symbol id="mark" viewBox="0 0 32 32"><path fill="none" stroke="currentColor" stroke-width="2.6" stroke-linecap="round" d="M16 10.5V28M9.5 14h13M5 19c.6 5.6 5 9 11 9s10.4-3.4 11-9"/><circle cx="16" cy="7" r="3.5" fill="none" stroke="currentColor" stroke-width="2.6"/></symbol>
<symbol id="state-ready" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="currentColor"/><path d="m4.8 8.2 2.2 2.2 4.2-4.6" fill="none" class="cut" stroke-width="1.8"/></symbol>
<symbol id="state-draining" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="2"/><path d="M2.2 8a5.8 5.8 0 0 0 11.6 0z" fill="currentColor"/></symbol>
<symbol id="state-stopped" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="2"/></symbol>
<symbol id="state-lost" viewBox="0 0 16 16"><path d="m3 3 10 10M13 3 3 13" stroke="currentColor" stroke-width="2.6"/></symbol>
<defs>
<g id="flag-0"><path class="f-y" d="M0 0l24 4v10L0 18z"/><path class="f-r" d="M8 1.3l8 1.4v12.6L8 16.7z"/></g>
<g id="flag-1"><path class="f-w" d="M0 0l24 4v10L0 18z"/><circle class="f-r" cx="8" cy="9" r="4.5"/></g>
<g id="flag-2"><path class="f-b" d="M0 0l24 4v10L0 18z"/><circle class="f-w" cx="8" cy="9" r="4.5"/></g>
<g id="flag-3"><path class="f-w" d="M0 0l24 4v10L0 18z"/><path class="f-r" d="M0 0l8 1.3v15.4L0 18z"/><path class="f-b" d="M16 2.7l8 1.3v10l-8 1.3z"/></g>
<g id="flag-4"><path class="f-r" d="M0 0l24 4v10L0 18z"/><path class="f-w" d="M0 7.2h24v3.6H0zM7 1.1l3.6.7v14.4l-3.6.7z"/></g>
<g id="flag-5"><path class="f-y" d="M0 0l24 4v10L0 18z"/><path class="f-b" d="M12 2l12 2v10l-12 2z"/></g>
<g id="flag-6"><path class="f-w" d="M0 0l24 4v10L0 18z"/><path class="f-k" d="M0 0l24 4v5H0z"/></g>
<g id="flag-7"><path class="f-r" d="M0 0l24 4v10L0 18z"/><path class="f-y" d="M0 0l24 4v5H0z"/></g>
<g id="flag-8"><path class="f-w" d="M0 0l24 4v10L0 18z"/><path class="f-r" d="M0 7.2h24v3.6H0zM7 1.1l3.6.7v14.4l-3.6.7z"/></g>
<g id="flag-9"><path class="f-w" d="M0 0l24 4v10L0 18z"/><path class="f-k" d="M12 2l12 2v5H12z"/><path class="f-r" d="M0 9h12v7L0 18z"/><path class="f-y" d="M12 9h12v5l-12 2z"/></g>
<g id="flag-a"><path class="f-b" d="M0 0h24l-6 9 6 9H0z"/><path class="f-w" d="M0 0h11v18H0z"/></g>
<g id="flag-b"><path class="f-r" d="M0 0h24l-6 9 6 9H0z"/></g>
<g id="flag-c"><path class="f-b" d="M0 0h24v18H0z"/><path class="f-w" d="M0 3.6h24v10.8H0z"/><path class="f-r" d="M0 7.2h24v3.6H0z"/></g>
<g id="flag-d"><path class="f-y" d="M0 0h24v18H0z"/><path class="f-b" d="M0 4.5h24v9H0z"/></g>
<g id="flag-e"><path class="f-b" d="M0 0h24v9H0z"/><path class="f-r" d="M0 9h24v9H0z"/></g>
<g id="flag-f"><path class="f-w" d="M0 0h24v18H0z"/><path class="f-r" d="M12 0l12 9-12 9L0 9z"/></g>
</defs>
</svg>`;

const KEY = 'mooring.visits';
const LIMIT = 10;
const FLAG = /[0-9a-f]/;

/**
 * Returns the keys of a replica's signal flags, like `callSign` on the server.
 *
 * @param {string} sid
 */
export function flagsOf(sid) {
  return [...sid.slice(-2)].filter((character) => FLAG.test(character));
}

/**
 * Stores this browser's last visits and shows them. Where the browser allows no storage, it shows the visits of this
 * page.
 *
 * @param {HTMLElement} table
 * @param {() => void} onVisitElsewhere called when another tab has made a visit
 */
export function createVisitLog(table, onVisitElsewhere) {
  const body = /** @type {HTMLElement} */ (table.querySelector('tbody'));
  let visits = readVisits();

  /** @param {LoggedVisit} visit */
  function row({ number, address, sid, affinity, timeMs }) {
    const time = element(
      'time',
      '',
      new Date(timeMs).toLocaleTimeString([], { timeStyle: 'medium', hourCycle: 'h23' }),
    );
    time.dateTime = new Date(timeMs).toISOString();
    const cells = [number.toLocaleString('en-US'), replicaName({ address, sid }), verdictLabel(affinity), time];
    const tr = document.createElement('tr');
    tr.append(
      ...cells.map((content) => {
        const td = document.createElement('td');
        td.append(content);
        return td;
      }),
    );
    return tr;
  }

  function show() {
    table.hidden = false;
    body.replaceChildren(...visits.map(row));
  }

  addEventListener('storage', ({ key }) => {
    if (key !== KEY) return;
    visits = readVisits();
    show();
    onVisitElsewhere();
  });

  return {
    /** @param {LoggedVisit} visit */
    add(visit) {
      // A page restored from the browser's back/forward cache is the same visit.
      visits = [visit, ...readVisits().filter(({ number }) => number !== visit.number)].slice(0, LIMIT);
      writeVisits(visits);
      show();
    },
    replicaName,
    verdictLabel,
  };
}

/** @param {{ address: string, sid: string }} replica */
function replicaName({ address, sid }) {
  const hoist = drawing('svg', { class: 'hoist', viewBox: '0 0 51 18', 'aria-hidden': 'true' });
  hoist.append(...flagsOf(sid).map((flag, index) => drawing('use', { href: `#flag-${flag}`, x: `${index * 27}` })));
  const name = element('span', 'replica', '');
  name.append(hoist, address);
  return name;
}

/** @param {string} affinity */
function verdictLabel(affinity) {
  return element('span', `verdict ${affinity}`, affinity);
}

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} name
 * @param {string} className
 * @param {string} text
 */
function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

/**
 * @param {'svg' | 'use'} name
 * @param {Record<string, string>} attributes
 */
function drawing(name, attributes) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  return made;
}

/** @type {LoggedVisit[]} */
let memory = [];

/** @returns {LoggedVisit[]} */
function readVisits() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter(isVisit).slice(0, LIMIT) : [];
  } catch {
    return memory;
  }
}

/** @param {LoggedVisit[]} visits */
function writeVisits(visits) {
  memory = visits;
  try {
    localStorage.setItem(KEY, JSON.stringify(visits));
  } catch {
    // The browser allows no storage: `memory` still has the visits of this page.
  }
}

/** @param {Partial<Record<keyof LoggedVisit, unknown>> | null} kept */
function isVisit(kept) {
  const isText = [kept?.address, kept?.sid, kept?.affinity].every((value) => typeof value === 'string');
  return isText && [kept?.number, kept?.timeMs].every(Number.isFinite);
}

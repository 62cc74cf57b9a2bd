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
 * Shows the client's last visits, which its session has. The page comes with the list; another tab's visits arrive later.
 *
 * @param {HTMLElement} table
 * @param {HTMLElement} source says where the list was read
 * @param {() => void} onVisitElsewhere called when another tab has made a visit
 */
export function createVisitLog(table, source, onVisitElsewhere) {
  const body = /** @type {HTMLElement} */ (table.querySelector('tbody'));
  const otherTabs = new BroadcastChannel('mooring.visits');
  for (const time of body.querySelectorAll('time')) time.textContent = localTime(new Date(time.dateTime));
  otherTabs.postMessage({ html: body.innerHTML, note: source.textContent });

  /** @param {LoggedVisit} visit */
  function row({ number, address, sid, affinity, timeMs }) {
    const time = element('time', '', localTime(new Date(timeMs)));
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

  otherTabs.onmessage = ({ data }) => {
    body.innerHTML = data.html;
    source.textContent = data.note;
    onVisitElsewhere();
  };

  return {
    /** @param {NonNullable<VisitAnswer['session']>} session */
    show({ note, list }) {
      source.textContent = note;
      body.replaceChildren(...list.map(row));
      otherTabs.postMessage({ html: body.innerHTML, note });
    },
    replicaName,
    verdictLabel,
  };
}

/** @param {Date} time */
function localTime(time) {
  return time.toLocaleTimeString([], { timeStyle: 'medium', hourCycle: 'h23' });
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

import type { Random } from '../../testkit/random.ts';
import { type Input, requestText, type Surroundings, sends } from '../input.ts';

const PIECES = [
  ...[
    '/',
    '/',
    '//',
    '/.',
    '/..',
    '/../',
    '/%2e%2e/',
    '/%2E%2e%2f',
    '/..%5c',
    '\\',
    '/;',
    '/;/',
    '?',
    '?x=1',
    '#',
    '&',
  ],
  ...[
    '%',
    '%0',
    '%00',
    '%0a',
    '%0d%0a',
    '%1b[31m',
    '%7f',
    '%c2%9b31m',
    '%e2%80%a8',
    '%ff',
    '%c0%af',
    '%zz',
    '%25',
    '%252e',
  ],
  ...[
    '\u00ff',
    '\u00c2\u009b',
    '\u00e2\u0082\u00ac',
    '\u0080',
    '\u00c3',
    '\u0000',
    '\u001b',
    '\u007f',
    ' ',
    '\t',
    '"',
    '<x>',
  ],
  ...['assets', 'assets/', 'assets/mooring.css', 'assets/__proto__', 'assets/constructor', 'dashboard', 'dashboard/'],
  ...['dashboard/events', 'showcount', 'healthz', 'readyz', 'let-go', 'favicon.ico', 'metrics', 'stub_status'],
  ...[
    'mooring-error/502',
    'mooring-error/',
    '@unanswered',
    '.env',
    'cdn-cgi/',
    'cdn-cgi/mf/reload',
    'a',
    '*',
    '~',
    '{}',
    '|',
  ],
];

/**
 * Generates request targets that different parsers read differently: dots, slashes, escapes, other hosts, other forms.
 */
export function paths(random: Random, { canary }: Surroundings): Input {
  const pieces = Array.from({ length: random.int(1, 6) }, () => random.pick(PIECES)).join('');
  const target = random.pick([
    () => `/${pieces}`,
    () => `/${pieces}`,
    () => pieces,
    () => `http://${canary}/${pieces}`,
    () => `http://${canary}@mooring.test/${pieces}`,
    () => `https://${canary}${pieces}`,
    () => `//${canary}/${pieces}`,
    () => `///${canary}/${pieces}`,
    () => `/\\${canary}/${pieces}`,
    () => `@${canary}/${pieces}`,
    () => `:${canary.split(':')[1]}/${pieces}`,
    () => `.${canary}/${pieces}`,
    () => `file:///etc/passwd`,
    () => `/${'a'.repeat(random.pick([100, 4000, 16_000, 70_000]))}`,
    () => `/${'../'.repeat(random.int(1, 400))}etc/passwd`,
    () => `/?${'a=b&'.repeat(random.int(1, 4000))}`,
  ])();
  const method = random.pick(['GET', 'GET', 'GET', 'HEAD', 'OPTIONS', 'POST', 'DELETE']);
  const line = `${method} ${target} HTTP/1.1`;
  const accept = random.chance(0.3) ? ['Accept: text/html'] : [];
  const host = random.chance(0.1) ? [`Host: ${canary}`] : [];
  return { kind: 'paths', steps: [sends(requestText({ line, headers: [...host, ...accept] }))] };
}

import type { Random } from '../../testkit/random.ts';
import { type Input, requestText, type Surroundings, sends } from '../input.ts';

const NAMES = [
  'srv_id',
  'srv_id',
  'SRV_ID',
  'Srv_iD',
  'srv_id ',
  ' srv_id',
  'client_id',
  'xsrv_id',
  'srv_idx',
  '',
  '$Version',
];
const GLUES = ['=', '=', '=', ' = ', '==', '', '=\t', ':'];
const SEPARATORS = ['; ', '; ', ';', ',', ' ', ';;', '; ; ', '&', '\t;', '\r\n '];

/** Generates cookies of every kind: of peers, of unknown peers, addresses, incomplete ones, many, huge ones. */
export function cookies(random: Random, surroundings: Surroundings): Input {
  const lines = Array.from({ length: random.chance(0.85) ? 1 : random.int(2, 30) }, () => line(random, surroundings));
  const path = random.chance(0.9) ? '/' : random.pick(['/showcount', '/let-go', '/dashboard']);
  return { kind: 'cookies', steps: [sends(requestText({ line: `GET ${path} HTTP/1.1`, headers: lines }))] };
}

function line(random: Random, surroundings: Surroundings): string {
  const count = random.chance(0.9) ? random.int(0, 4) : random.pick([50, 200, 3000]);
  const pairs = Array.from({ length: count }, () => pair(random, surroundings));
  return `${random.pick(['Cookie', 'Cookie', 'cookie', 'COOKIE', 'Cookie2'])}: ${pairs.join(random.pick(SEPARATORS))}`;
}

function pair(random: Random, { canary, sids }: Surroundings): string {
  const value = random.pick([
    () => random.pick(sids),
    () => random.pick(sids).toUpperCase(),
    () => canary,
    () => `http://${canary}/`,
    () => `@${canary}`,
    () => `"${random.pick(sids)}"`,
    () => random.text(32, '0123456789abcdef'),
    () => random.text(random.int(0, 40)),
    () => random.bytes(random.int(0, 40)).toString('latin1'),
    () => '%s%n%00%0d%0a',
    () => '\u0000',
    () => '../../etc/passwd',
    () => '__proto__',
    () => '',
    () => 'f'.repeat(random.pick([33, 1000, 20_000])),
  ])();
  return random.pick(NAMES) + random.pick(GLUES) + value;
}

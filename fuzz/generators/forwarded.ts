import type { Random } from '../../testkit/random.ts';
import { FORGED_ID, FORGED_IP, type Input, requestText, type Surroundings, sends } from '../input.ts';

const NAMES = [
  ...['X-Real-IP', 'X-Forwarded-For', 'X-Request-ID', 'X-Forwarded-Host', 'X-Forwarded-Proto', 'X-Forwarded-Port'],
  ...['Forwarded', 'X-Client-IP', 'True-Client-IP', 'CF-Connecting-IP', 'X_Real_IP', 'x-real-ip', 'X-REAL-IP'],
  ...['X-Forwarded-Server', 'X-Cluster-Client-IP', 'X-Original-Forwarded-For', 'CF-Connecting-IPv6', 'CF-Ray'],
];

/** Generates headers that only a balancer may send: the client's address, the request id, the original host. */
export function forwarded(random: Random, { canary }: Surroundings): Input {
  const value = () =>
    random.pick([
      ...[FORGED_IP, FORGED_IP, FORGED_ID, `${FORGED_IP}, 127.0.0.1`, `127.0.0.1, ${FORGED_IP}`, '127.0.0.1', '::1'],
      ...[`::ffff:${FORGED_IP}`, `[${FORGED_IP}]`, `${FORGED_IP}:80`, '10.0.0.1', 'fe80::1%eth0', `for=${FORGED_IP}`],
      ...[canary, `http://${canary}`, 'https', 'javascript:', 'unknown', '', ' ', ',', '"', '\u0000', '\u00ff', '1'],
      ...[`${FORGED_IP},`.repeat(500), 'x'.repeat(200), `${FORGED_ID}\t`, '6.6.6.6\r\n 7.7.7.7', '0x06060606'],
    ]);
  const lines = Array.from({ length: random.int(1, 6) }, () => `${random.pick(NAMES)}: ${value()}`);
  if (random.chance(0.2)) lines.push(`Connection: ${random.pick(NAMES)}, close`);
  const host = random.chance(0.2) ? [`Host: ${canary}`] : [];
  const line = random.pick([
    'GET / HTTP/1.1',
    'GET / HTTP/1.1',
    'POST /let-go HTTP/1.1',
    `GET http://${canary}/ HTTP/1.1`,
  ]);
  const length = line.startsWith('POST') ? ['Content-Length: 0'] : [];
  return { kind: 'forwarded', steps: [sends(requestText({ line, headers: [...host, ...lines, ...length] }))] };
}

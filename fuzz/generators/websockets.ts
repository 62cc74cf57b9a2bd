import type { Random } from '../../testkit/random.ts';
import { type Input, requestText, type Step, type Surroundings, sends } from '../input.ts';

const KEYS = ['dGhlIHNhbXBsZSBub25jZQ==', 'dGhlIHNhbXBsZSBub25jZQ==', '', 'x', '\u00ff', 'A'.repeat(5000)];
const VERSIONS = ['13', '13', '13', '8', '0', '999', '', '13, 8', 'x'];
const UPGRADES = ['websocket', 'websocket', 'WebSocket', 'websocket, h2c', 'h2c', 'TLS/1.0', '', 'websocket\u0000'];
const CONNECTIONS = ['Upgrade', 'Upgrade', 'keep-alive, Upgrade', 'close', '', 'upgrade, close', 'Host, Upgrade'];

/** Generates invalid handshakes, and frames that no client may send after a valid one. */
export function webSockets(random: Random, { webSocketSid, sids }: Surroundings): Input {
  const cookie = random.chance(0.8) ? webSocketSid : random.pick(sids);
  const headers = [
    `Upgrade: ${random.pick(UPGRADES)}`,
    `Connection: ${random.pick(CONNECTIONS)}`,
    `Sec-WebSocket-Key: ${random.pick(KEYS)}`,
    `Sec-WebSocket-Version: ${random.pick(VERSIONS)}`,
    `Cookie: srv_id=${cookie}`,
    ...(random.chance(0.3) ? [`Sec-WebSocket-Extensions: ${random.text(random.int(0, 60))}`] : []),
    ...(random.chance(0.3) ? [`Sec-WebSocket-Protocol: ${random.text(random.int(0, 60))}`] : []),
    ...(random.chance(0.1) ? ['Content-Length: 10'] : []),
    ...(random.chance(0.1) ? ['Transfer-Encoding: chunked'] : []),
  ].filter(() => random.chance(0.95));
  const method = random.chance(0.9) ? 'GET' : random.pick(['POST', 'HEAD', 'CONNECT', 'PUT']);
  const handshake = requestText({ line: `${method} /socket HTTP/1.1`, headers });
  const frames = Array.from({ length: random.int(0, 4) }, () => sends(frame(random)));
  const early = random.chance(0.3);
  const pause: Step[] = early ? [] : [{ kind: 'pause', ms: random.int(5, 40) }];
  const leave: Step[] = random.chance(0.2) ? [{ kind: 'reset' }] : [];
  return { kind: 'websockets', steps: [sends(handshake), ...pause, ...frames, ...leave] };
}

function frame(random: Random): Buffer {
  const payload = random.bytes(random.int(0, 200));
  const mask = random.bytes(4);
  const masked = payload.map((byte, index) => byte ^ (mask[index % 4] as number));
  return random.pick([
    // Valid text and binary frames, if the random payload happens to be UTF-8.
    () => Buffer.concat([head(random.pick([0x81, 0x82]), masked.length, true), mask, masked]),
    // Without a mask.
    () => Buffer.concat([head(0x81, payload.length, false), payload]),
    // A huge length with little data.
    () => Buffer.concat([Buffer.of(0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), mask, masked]),
    // Reserved bits and opcodes, fragmented control frames, close frames with invalid codes.
    () => Buffer.concat([head(random.int(0, 255), masked.length, true), mask, masked]),
    () => Buffer.of(0x88, 0x82, 0, 0, 0, 0, random.int(0, 255), random.int(0, 255)),
    () => payload,
    () => Buffer.from(requestText(), 'latin1'),
  ])();
}

function head(first: number, length: number, isMasked: boolean): Buffer {
  const flag = isMasked ? 0x80 : 0;
  return length < 126 ? Buffer.of(first, flag | length) : Buffer.of(first, flag | 126, length >> 8, length & 255);
}

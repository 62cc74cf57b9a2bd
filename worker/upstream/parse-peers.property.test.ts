import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InvalidPeerError, type PeerConfig, parsePeers } from './parse-peers.ts';

const words = fc.constantFrom(
  ...['http://127.0.0.1:5001', 'https://a.example', 'weight=2', 'weight=0', 'max_fails=', 'fail_timeout=5s', 'backup'],
  ...['down', 'drain', 'route=a', 'route=a;b', '#', '\n', '\r\n', '\t', '=', 'http://', 'http://u:p@h', '127.0.0.1'],
);

test('any value of ORIGINS is parsed or rejected with an error that names the wrong word, never with another error', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(words).map((all) => all.join(' ')),
  );
  fc.assert(
    fc.property(texts, (text) => {
      try {
        for (const { sid, address, weight } of parsePeers(text)) {
          expect(sid).toMatch(/^[\w.-]{1,32}$/);
          expect(address).toMatch(/^[^/@\s]+:\d+$/);
          expect(weight).toBeGreaterThan(0);
        }
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidPeerError);
      }
    }),
    { numRuns: 2000 },
  );
});

test('a peer that is written with all parameters is parsed unchanged', () => {
  const peers = fc.uniqueArray(
    fc.record({
      port: fc.integer({ min: 1, max: 65_535 }),
      weight: fc.integer({ min: 1, max: 999 }),
      maxFails: fc.nat(99),
      failTimeoutSeconds: fc.nat(9999),
      maxConns: fc.nat(99),
      backup: fc.boolean(),
      down: fc.boolean(),
      drain: fc.boolean(),
    }),
    { selector: ({ port }) => port },
  );
  fc.assert(
    fc.property(peers, (given) => {
      const configs = given.map(({ port, ...rest }): PeerConfig => {
        const url = new URL(`http://10.0.0.5:${port}`).origin;
        return { ...rest, url, address: `10.0.0.5:${port}`, sid: `r${port}` };
      });
      expect(parsePeers(configs.map(line).join('\n'))).toEqual(configs);
    }),
  );
});

function line({ url, sid, weight, maxFails, failTimeoutSeconds, maxConns, backup, down, drain }: PeerConfig): string {
  const numbers = `weight=${weight} max_fails=${maxFails} fail_timeout=${failTimeoutSeconds}s max_conns=${maxConns}`;
  return [url, `route=${sid}`, numbers, backup && 'backup', down && 'down', drain && 'drain'].filter(Boolean).join(' ');
}

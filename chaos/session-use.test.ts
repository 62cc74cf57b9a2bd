import { expect, test } from 'vitest';
import { createRandom } from '../testkit/random.ts';
import type { AskOptions, Heard } from './client.ts';
import { createSessionUse } from './session-use.ts';

const USES = 2000;

test('a client changes its session in all ways, alone and at two replicas at once, and tries only old cookies again', async () => {
  const asked: ({ asked: string } & AskOptions)[] = [];
  const probed: string[] = [];
  let sessions = 1;
  const heard = { outcome: 'answered', status: 200 } as Heard;
  const session = createSessionUse({
    client: {
      async ask(what, options = {}) {
        asked.push({ asked: what, ...options });
        if (what === 'regenerate' || what === 'destroy') sessions++;
        return heard;
      },
      async probe(cookie) {
        expect(cookie).not.toBe(`session ${sessions}`);
        probed.push(cookie);
        return heard;
      },
      session: () => `session ${sessions}`,
    },
    name: 'me',
    random: createRandom(1, 1),
    sids: () => ['a', 'b', 'c'],
  });
  for (let use = 0; use < USES; use++) await session.use();
  expect(new Set(asked.map((each) => each.asked))).toEqual(new Set(['read', 'append', 'put', 'regenerate', 'destroy']));
  const entries = asked.flatMap(({ entry }) => entry ?? []);
  expect(new Set(entries).size).toBe(entries.length);
  expect(entries.every((entry) => entry.startsWith('me-'))).toBe(true);
  expect(new Set(asked.flatMap(({ isBeside, at }) => (isBeside ? at : [])))).toEqual(new Set(['a', 'b', 'c']));
  expect(probed.length).toBeGreaterThan(0);
});

import { expect, test } from 'vitest';
import { figures } from '../../testkit/replicas/reports.ts';
import { createInterruptions } from './interruptions.ts';

const NOW_MS = 1_000_000;

function setUp() {
  let timeMs = NOW_MS;
  const interruptions = createInterruptions(() => timeMs);
  return {
    interruptions,
    pass(ms: number) {
      timeMs += ms;
    },
  };
}

test.each(['ready', 'draining'] as const)('a process that was %s when it last reported was lost until now', (state) => {
  const { interruptions } = setUp();
  interruptions.resume({ state, seenMsAgo: 700, figures: figures() });
  expect(interruptions.list()).toEqual([{ kind: 'lost', fromMs: NOW_MS - 700, untilMs: NOW_MS }]);
});

test('a process that reported "stopped" was not lost', () => {
  const { interruptions } = setUp();
  interruptions.resume({ state: 'stopped', seenMsAgo: 700, figures: figures() });
  expect(interruptions.list()).toEqual([]);
});

test('interruptions of the previous process stay listed for five minutes', () => {
  const { interruptions, pass } = setUp();
  const earlier = { kind: 'database', fromMs: NOW_MS - 90_000, untilMs: NOW_MS - 80_000 } as const;
  interruptions.resume({ state: 'stopped', seenMsAgo: 700, figures: figures({ interruptions: [earlier] }) });
  pass(219_000);
  expect(interruptions.list()).toEqual([earlier]);
  pass(1000);
  expect(interruptions.list()).toEqual([]);
});

test('a database outage lasts from the first failed report to the next successful one', () => {
  const { interruptions } = setUp();
  interruptions.databaseChanged(true, NOW_MS - 5000);
  expect(interruptions.list()).toEqual([]);
  interruptions.databaseChanged(false, NOW_MS - 4000);
  expect(interruptions.list()).toEqual([]);
  interruptions.databaseChanged(true, NOW_MS - 1000);
  expect(interruptions.list()).toEqual([{ kind: 'database', fromMs: NOW_MS - 4000, untilMs: NOW_MS - 1000 }]);
});

test('a replica that restarts again and again lists the last eight', () => {
  const { interruptions } = setUp();
  for (let restart = 0; restart < 20; restart++) {
    const previous = figures({ interruptions: interruptions.list() });
    interruptions.resume({ state: 'ready', seenMsAgo: restart, figures: previous });
  }
  expect(interruptions.list().map(({ fromMs }) => NOW_MS - fromMs)).toEqual([19, 18, 17, 16, 15, 14, 13, 12]);
});

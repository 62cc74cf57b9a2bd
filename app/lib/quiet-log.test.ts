import { expect, test } from 'vitest';
import { createQuietLog } from './quiet-log.ts';

function setUp() {
  const clock = { ms: 0 };
  const lines: object[] = [];
  const write = (level: string) => (fields: object, message: string) => {
    lines.push({ level, message, ...fields });
  };
  const log = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  return { clock, lines, quiet: createQuietLog({ log, monotonicMs: () => clock.ms }) };
}

test('an error that hits every request is logged at once, then once a second with the number of lines left out', () => {
  const { clock, lines, quiet } = setUp();
  for (; clock.ms < 2500; clock.ms += 10) quiet.error({ atMs: clock.ms }, 'visits could not be committed');
  const line = { level: 'error', message: 'visits could not be committed' };
  expect(lines).toEqual([
    { ...line, atMs: 0 },
    { ...line, atMs: 1000, notLogged: 99 },
    { ...line, atMs: 2000, notLogged: 99 },
  ]);
});

test('other errors, and lines of other levels, are logged beside it', () => {
  const { lines, quiet } = setUp();
  quiet.error({}, 'one');
  quiet.error({}, 'other');
  for (const level of ['debug', 'info', 'warn'] as const)
    for (let time = 0; time < 2; time += 1) quiet[level]({}, level);
  expect(lines.map((line) => (line as { message: string }).message)).toEqual([
    'one',
    'other',
    ...['debug', 'debug', 'info', 'info', 'warn', 'warn'],
  ]);
});

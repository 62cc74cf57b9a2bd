import { expect, test } from 'vitest';
import { logLineProblem } from './log-line.ts';

test.each(['{"path":"/caf\u00e9"}', '{"path":"/\\u009b31m"}'])('%s is a valid log line', (line) => {
  expect(logLineProblem(Buffer.from(line))).toBeUndefined();
});

test.each([
  ['bytes that are no text', Buffer.from('{"path":"/caf\u00e9"}', 'latin1'), 'not UTF-8'],
  ['a control character', Buffer.from('{"path":"/\u009b31m"}'), 'control character'],
  ['an end of a line', Buffer.from('{"path":"/\u2028"}'), 'control character'],
  ['half a line', Buffer.from('{"path":"/'), 'not JSON'],
])('%s is not a valid log line', (_what, line, problem) => {
  expect(logLineProblem(line)).toContain(problem);
});

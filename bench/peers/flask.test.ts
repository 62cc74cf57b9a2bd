import { expect, test } from 'vitest';
import { argumentsOf } from './flask.ts';

test.each(['tuned', 'naive'] as const)('%s is run from the folder of the apps', (kind) => {
  expect(argumentsOf({ kind, port: 5001, workers: 2 }).join(' ')).toContain('/bench/peers/flask');
});

test('gunicorn listens on loopback only, with as many workers as the argument says', () => {
  const words = argumentsOf({ kind: 'tuned', port: 5001, workers: 2 }).join(' ');
  expect(words).toContain(' --bind 127.0.0.1:5001 ');
  expect(words).toContain(' --workers 2 ');
});

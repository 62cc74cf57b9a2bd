import { describe, expect, test } from 'vitest';
import { fronts, startFront } from '../../testkit/fronts/fronts.ts';

describe.each(fronts)('lines of peers at %s', (kind) => {
  test('may have a time in several units', async () => {
    const front = await startFront(kind, { peers: ['http://127.0.0.1:5001 fail_timeout=1w1d1h1m1s'] });
    await front.close();
  });
});

describe.each(fronts)('wrong lines of peers at %s', (kind) => {
  test.each(['http://127.0.0.1:99999', 'weight=0', 'fail_timeout=soon', 'fail_timeout=1s1m', 'slow_start=5s'])(
    'prevent the start: %s',
    async (word) => {
      const line = word.startsWith('http:') ? word : `http://127.0.0.1:5002 ${word}`;
      const started = startFront(kind, { peers: ['http://127.0.0.1:5001', line] });
      const told = `, got "${word}" in line 2; for example ORIGINS=`;
      // Miniflare's own message has the runtime's log, as JSON.
      const said = { worker: told, nginx: '[emerg]', miniflare: told.replaceAll('"', '\\"') }[kind];
      await expect(started).rejects.toThrow(said);
    },
  );
});

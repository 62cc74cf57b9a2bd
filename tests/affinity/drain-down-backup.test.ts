import { describe, expect, test } from 'vitest';
import { fronts } from '../../testkit/fronts/fronts.ts';
import { drops, holds } from '../../testkit/replicas/behaviours.ts';
import { stage } from './fixture.ts';

describe.each(fronts)('drain at %s', (kind) => {
  test('A8: a draining peer keeps its clients and gets no new one', async () => {
    const [front, a] = await stage(kind, ['A drain', 'B', 'C']);
    expect(await front.askInTurn(4)).toBe('BCBC');
    expect(await front.ask({ as: a })).toBe('200 from A, cookie of A');
    expect(await front.ask({ as: a, method: 'POST' })).toBe('200 from A, cookie of A');
  });

  test('A8: when a draining peer fails, its clients move and it gets no more requests', async () => {
    const [front, a] = await stage(kind, ['A drain', 'B', 'C']);
    a.behave(drops());
    expect(await front.ask({ as: a })).toBe('200 from B, cookie of B');
    expect(await front.ask({ as: a })).toBe('200 from C, cookie of C');
    expect(a.requests).toHaveLength(1);
  });

  test('A8: when all peers drain, only their clients are served', async () => {
    const [front, a, b] = await stage(kind, ['A drain', 'B drain']);
    expect(await front.ask()).toBe('502 from the front, no cookie');
    expect(await front.ask({ as: a })).toBe('200 from A, cookie of A');
    a.behave(drops());
    expect(await front.ask({ as: a })).toBe('502 from the front, cookie of A');
    expect(b.requests).toEqual([]);
  });

  test('A8: new clients come to a backup when the other primaries drain or failed', async () => {
    const [front, a, b] = await stage(kind, ['A', 'B drain', 'C backup']);
    a.behave(drops());
    expect(await front.ask()).toBe('200 from C, cookie of C');
    expect(await front.ask()).toBe('200 from C, cookie of C');
    expect(await front.ask({ as: b })).toBe('200 from B, cookie of B');
  });
});

describe.each(fronts)('down at %s', (kind) => {
  test('A8: a peer that is down gets nothing, and its clients are balanced as new', async () => {
    const [front, a] = await stage(kind, ['A down', 'B', 'C']);
    expect(await front.askInTurn(4)).toBe('BCBC');
    expect(await front.ask({ as: a })).toBe('200 from B, cookie of B');
    expect(a.connectionCount()).toBe(0);
  });

  test.each([[['A down']], [['A down', 'B down']], [['A down', 'B backup down']]])(
    'A8: when all peers are down none can be tried: %j',
    async (lines) => {
      const [front, a] = await stage(kind, lines);
      expect(await front.ask()).toBe('502 from the front, no cookie');
      expect(await front.ask({ cookie: `srv_id=${a?.sid}`, method: 'POST' })).toBe('502 from the front, no cookie');
    },
  );
});

describe.each(fronts)('backup at %s', (kind) => {
  test('A8: a backup gets nothing while a primary is available, not even from its own clients', async () => {
    const [front, , , c] = await stage(kind, ['A', 'B', 'C backup']);
    expect(await front.askInTurn(4)).toBe('ABAB');
    expect(await front.ask({ as: c })).toBe('200 from A, cookie of A');
    expect(c.connectionCount()).toBe(0);
  });

  test('A8: when no primary is available, clients are moored to the backups', async () => {
    const [front, a, , d] = await stage(kind, ['A', 'C backup', 'D backup']);
    a.behave(drops());
    expect(await front.ask({ as: d })).toBe('200 from D, cookie of D');
    expect(await front.ask({ as: d })).toBe('200 from D, cookie of D');
    expect(a.requests).toHaveLength(1);
    expect(await front.askInTurn(4)).toBe('CDCD');
  });

  test('A8: backups are tried in the same request, after all primaries', async () => {
    const [front, ...replicas] = await stage(kind, ['A', 'B', 'C backup', 'D backup']);
    for (const replica of replicas) replica.behave(drops());
    expect(await front.ask()).toBe('502 from the front, cookie of D');
    expect(replicas.map(({ requests }) => requests.length)).toEqual([1, 1, 1, 1]);
    expect(await front.ask()).toBe('502 from the front, no cookie');
  });

  test('A8: new clients come to the backup while the primary is full', async () => {
    const [front, a] = await stage(kind, ['A max_conns=1', 'B backup']);
    const held = holds();
    a.behave(held.behaviour);
    const first = front.ask();
    await expect.poll(() => a.requests).toHaveLength(1);
    expect(await front.ask()).toBe('200 from B, cookie of B');
    held.release();
    expect(await first).toBe('200 from A, cookie of A');
  });

  test('A8: clients of a backup return to a primary when one is available again', async () => {
    const [front, a, b] = await stage(kind, ['A fail_timeout=1s', 'B backup']);
    await a.stop();
    expect(await front.ask()).toBe('200 from B, cookie of B');
    await a.restart();
    await expect.poll(() => front.ask({ as: b }), { timeout: 10_000 }).toBe('200 from A, cookie of A');
  });
});

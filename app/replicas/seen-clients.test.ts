import { expect, test } from 'vitest';
import { createSeenClients } from './seen-clients.ts';

function setUp(limit = 1000) {
  let timeMs = 0;
  const clients = createSeenClients({ limit, monotonicMs: () => timeMs });
  return {
    clients,
    see: (id: string | undefined, { address = '10.0.0.1', hasLetGo = false } = {}) =>
      clients.see({ id, address, hasLetGo }),
    pass(ms: number) {
      timeMs += ms;
    },
  };
}

test.each<[string, (string | undefined)[], number]>([
  ['clients with ids', ['a', 'b', 'a'], 2],
  ['requests without an id, from one address', [undefined, undefined, undefined], 1],
  ['a client whose first request had no id', [undefined, 'a', 'a'], 1],
  ['two such clients', [undefined, undefined, 'a', 'b'], 2],
  ['a client with an id and one that keeps no cookies', ['a', undefined, 'a'], 2],
])('%s: %j are counted as %i', (_who, ids, count) => {
  const { clients, see } = setUp();
  for (const id of ids) see(id);
  expect(clients.count()).toBe(count);
});

test('clients without ids are counted by address', () => {
  const { clients, see } = setUp();
  for (const address of ['10.0.0.1', '10.0.0.2', '10.0.0.1']) see(undefined, { address });
  expect(clients.count()).toBe(2);
});

test('a client is counted until five minutes after its last request', () => {
  const { clients, see, pass } = setUp();
  see('a');
  see('b');
  pass(299_000);
  see('a');
  pass(1000);
  expect(clients.count()).toBe(1);
  pass(299_000);
  expect(clients.count()).toBe(0);
});

test.each([
  ['a', 1],
  [undefined, 2],
  ['somebody else', 2],
])('a client with the id %s that lets go leaves %i of two', (id, count) => {
  const { clients, see } = setUp();
  see('a');
  see('b');
  see(id, { hasLetGo: true });
  expect(clients.count()).toBe(count);
});

test('their number is bounded; the most recent are kept', () => {
  const { clients, see } = setUp(3);
  for (const id of ['a', 'b', 'c', 'd', 'e']) see(id);
  expect(clients.count()).toBe(3);
  see('e', { hasLetGo: true });
  see('a', { hasLetGo: true });
  expect(clients.count()).toBe(2);
});

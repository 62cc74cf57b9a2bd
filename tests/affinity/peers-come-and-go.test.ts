import { describe, expect, onTestFinished, test } from 'vitest';
import { fronts } from '../support/fronts.ts';
import { createStubReplica, type StubReplica } from '../support/stub-replica.ts';
import { frontBefore } from './stage.ts';

async function startReplicas(names: string): Promise<StubReplica[]> {
  const replicas = await Promise.all([...names].map(createStubReplica));
  onTestFinished(async () => {
    await Promise.all(replicas.map((replica) => replica.stop()));
  });
  return replicas;
}

describe.each(fronts)('a changed set of peers at %s', (kind) => {
  test.each([
    { change: 'one comes', before: ['A', 'B', 'C'], after: ['A', 'B', 'C', 'D'] },
    { change: 'one comes first', before: ['A', 'B', 'C'], after: ['D', 'A', 'B', 'C'] },
    { change: 'the order changes', before: ['A', 'B', 'C'], after: ['C', 'A', 'B'] },
    { change: 'one goes', before: ['A', 'B', 'C'], after: ['A', 'C'] },
    { change: 'one is replaced', before: ['A', 'B', 'C'], after: ['A', 'C', 'D'] },
    { change: 'weights change', before: ['A', 'B', 'C'], after: ['A weight=9', 'B', 'C weight=4'] },
  ])('A9: $change, and the clients of those who stay do not move', async ({ before, after }) => {
    const replicas = await startReplicas('ABCD');
    const stays = ({ name }: StubReplica) =>
      [before, after].every((lines) => lines.some((line) => line.startsWith(name)));
    const staying = replicas.filter(stays);

    for (const lines of [before, after]) {
      const front = await frontBefore(replicas, kind, lines);
      for (const replica of staying) {
        const { name } = replica;
        expect(await front.ask({ as: replica })).toBe(`200 from ${name}, cookie of ${name}`);
      }
      await front.close();
    }
  });

  test('A9: the clients of one that is gone are balanced as new', async () => {
    const replicas = await startReplicas('ABC');
    const [a, b] = replicas as [StubReplica, StubReplica];
    const front = await frontBefore(replicas, kind, ['B', 'C']);
    expect(await front.ask({ as: a })).toBe('200 from B, cookie of B');
    expect(await front.ask({ as: b })).toBe('200 from B, cookie of B');
    expect(a.connectionCount()).toBe(0);
  });
});

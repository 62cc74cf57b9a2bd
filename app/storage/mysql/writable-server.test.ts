import { expect, test } from 'vitest';
import { UnsuitableServerError } from './requirements.ts';
import type { ServerState } from './server-state.ts';
import { createWritableServer, NoWritableServerError } from './writable-server.ts';

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };
const ALWAYS = new AbortController().signal;

type Fate = 'writable' | 'read-only' | 'primary' | 'secondary' | 'minority' | 'down' | 'silent' | 'untrusted';

function stateOf(fate: Fate): ServerState {
  const isGroupMember = ['primary', 'secondary', 'minority'].includes(fate);
  const acceptsWrites = fate === 'writable' || fate === 'primary';
  return { acceptsWrites, isGroupMember, text: fate };
}

/** Servers named by their position, whose fates the test sets. */
function setUp(fates: Fate[], options: { maxAgeMs?: number } = {}) {
  const probes: number[] = [];
  let nowMs = 0;
  const writable = createWritableServer<number>({
    servers: fates.map((_, index) => index),
    nameOf: (index) => 'abc'[index] as string,
    async probe(index) {
      probes.push(index);
      const fate = fates[index] as Fate;
      if (fate === 'down') throw new Error('refused');
      if (fate === 'untrusted') throw Object.assign(new Error('wrong CA'), { code: 'HANDSHAKE_SSL_ERROR' });
      return fate === 'silent' ? await new Promise<never>(() => {}) : stateOf(fate);
    },
    log: SILENT,
    monotonicMs: () => nowMs,
    ...options,
  });
  const find = () => writable.find(ALWAYS);
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { fates, probes, findBy: writable.find, ...writable, find, pass };
}

test.each<[Fate[], number | RegExp]>([
  [['writable', 'read-only', 'read-only'], 0],
  [['read-only', 'down', 'writable'], 2],
  [['down', 'writable'], 1],
  [['secondary', 'primary', 'secondary'], 1],
  [['silent', 'silent', 'primary'], 2],
  [['writable', 'primary', 'secondary'], 1],
  [['read-only', 'read-only'], /^no database server accepts writes \(a: read-only, b: read-only\)$/],
  [['down', 'down'], /^no database server accepts writes \(a: refused, b: refused\)$/],
  // A server that lost its group has no part in what the group wrote since.
  [
    ['writable', 'secondary', 'down'],
    /^no database server accepts writes \(a: writable, outside of the group, b: secondary, c: refused\)$/,
  ],
  [['minority', 'down', 'down'], /a: minority/],
  [['untrusted', 'down'], /^no database server accepts writes/],
  [
    ['writable', 'writable'],
    /^database servers: expected one that accepts writes, got several \(a: writable, b: writable\)/,
  ],
])('of %j it finds %s', async (fates, expected) => {
  const { find } = setUp(fates);
  if (typeof expected === 'number') expect(await find()).toBe(expected);
  else await expect(find()).rejects.toThrow(expected);
});

test('that no server can be trusted is no outage: waiting does not help', async () => {
  const { find } = setUp(['untrusted', 'untrusted']);
  await expect(find()).rejects.toThrow(UnsuitableServerError);
  await expect(find()).rejects.toThrow(/expected an encrypted connection to one of them, got none \(a: wrong CA/);
});

test('a silent server delays a search by a second', { timeout: 5000 }, async () => {
  const { find } = setUp(['silent', 'writable']);
  expect(await find()).toBe(1);
});

test.each<[Fate[], boolean]>([
  [['read-only', 'down'], true],
  [['down', 'down'], false],
])('of %j it says whether a server may soon accept writes: %s', async (fates, isMoving) => {
  const error = await setUp(fates)
    .find()
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(NoWritableServerError);
  expect(error).toMatchObject({ isMoving });
});

test('several servers that accept writes are a wrong setting', async () => {
  await expect(setUp(['writable', 'writable']).find()).rejects.toThrow(UnsuitableServerError);
});

test('the server found is used until it is lost', async () => {
  const { find, lost, fates, probes, current } = setUp(['writable', 'read-only']);
  expect(current()).toBeUndefined();
  expect([await find(), await find()]).toEqual([0, 0]);
  expect(current()).toBe(0);
  fates.reverse();
  expect(await find()).toBe(0);
  expect(probes).toEqual([0, 1]);
  lost(0);
  expect(current()).toBeUndefined();
  expect(await find()).toBe(1);
  // The loss of one that is no longer used changes nothing.
  lost(0);
  expect(await find()).toBe(1);
  expect(current()).toBe(1);
  expect(probes).toEqual([0, 1, 0, 1]);
});

test('once a member of a group has answered, no server outside of the group is used', async () => {
  const { find, lost, fates, pass } = setUp(['primary', 'secondary', 'writable']);
  expect(await find()).toBe(0);
  lost(0);
  fates.splice(0, 2, 'silent', 'down');
  await expect(find()).rejects.toThrow('c: writable, outside of the group');
  pass(1000);
  fates[1] = 'primary';
  expect(await find()).toBe(1);
});

test.each<[Fate[], number[]]>([
  [
    ['primary', 'secondary'],
    [0, 1, 0, 1],
  ],
  [
    ['writable', 'read-only'],
    [0, 1],
  ],
])('of %j a server that holds a lock for too long is doubted only in a group', async (fates, asked) => {
  const { find, stalled, probes } = setUp(fates);
  await find();
  stalled(0);
  await find();
  expect(probes).toEqual(asked);
});

test('with an age it is asked again', async () => {
  const { find, pass, fates } = setUp(['writable', 'read-only'], { maxAgeMs: 1000 });
  expect(await find()).toBe(0);
  fates.reverse();
  pass(999);
  expect(await find()).toBe(0);
  pass(1);
  expect(await find()).toBe(1);
});

test('callers share a search, and a failure for a moment', async () => {
  const { find, pass, fates, probes } = setUp(['down', 'read-only']);
  const outcomes = await Promise.allSettled([find(), find(), find()]);
  expect(outcomes.map(({ status }) => status)).toEqual(Array(3).fill('rejected'));
  expect(probes).toEqual([0, 1]);
  fates[1] = 'writable';
  await expect(find()).rejects.toThrow(NoWritableServerError);
  pass(200);
  expect(await Promise.all([find(), find(), find()])).toEqual([1, 1, 1]);
  expect(probes).toEqual([0, 1, 0, 1]);
});

test('a caller waits for the search of another one until its own deadline, and after a lost one searches itself', async () => {
  const { find, findBy, probes, pass, fates } = setUp(['silent', 'silent']);
  const searching = find().catch(() => {});
  const deadline = new AbortController();
  const reason = new Error('no request waits any longer');
  const waiting = findBy(deadline.signal);
  deadline.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  expect(probes).toEqual([0, 1]);
  // The runtime may have cancelled the request that searches.
  pass(2000);
  fates[1] = 'primary';
  expect(await find()).toBe(1);
  await searching;
});

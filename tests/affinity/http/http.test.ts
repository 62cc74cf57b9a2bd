import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LoggedFront, SuiteFrontKind } from '../../../testkit/fronts/front.ts';
import { fronts, startFront } from '../../../testkit/fronts/fronts.ts';
import { exchange } from '../../../testkit/http/exchange.ts';
import { messageEnd } from '../../../testkit/http/message-end.ts';
import { createRawReplica, OK, type RawReplica } from '../../../testkit/replicas/raw.ts';
import { LIMIT_REASONS } from '../limits/reasons.ts';
import { MINIFLARE_REASONS } from '../miniflare.ts';
import { bodyCases } from './bodies.ts';
import { connectionCases, upgradeCases } from './connections.ts';
import { cookieCases } from './cookies.ts';
import { errorCases } from './errors.ts';
import { fieldCases } from './fields.ts';
import { framingCases } from './framing.ts';
import { hostCases } from './hosts.ts';
import { type HttpCase, reduce } from './http-case.ts';
import { responseFieldCases } from './response-fields.ts';
import { responseFramingCases } from './response-framing.ts';
import { targetCases } from './targets.ts';
import { versionCases } from './versions.ts';

const CASES: HttpCase[] = [
  ...framingCases,
  ...targetCases,
  ...hostCases,
  ...fieldCases,
  ...cookieCases,
  ...versionCases,
  ...bodyCases,
  ...responseFramingCases,
  ...responseFieldCases,
  ...connectionCases,
  ...upgradeCases,
  ...errorCases,
];

/** The worker in Miniflare, too: it takes seconds here, but minutes in the rest of the suite. */
const all: SuiteFrontKind[] = fronts.includes('worker') ? [...fronts, 'miniflare'] : fronts;

test('each reason for a difference between the fronts is in docs/affinity.md, and has a case', async () => {
  const documentation = await readFile(new URL('../../../docs/affinity.md', import.meta.url), 'utf8');
  const reasons = CASES.flatMap(({ differs = {} }) => Object.values(differs).map(({ because }) => because));
  expect([...new Set([...reasons, ...LIMIT_REASONS, ...MINIFLARE_REASONS])].sort()).toEqual(
    documentation.match(/(?<=^\| )[RXM]\d+(?= \|)/gm)?.sort(),
  );
});

describe.each(all)('HTTP through %s', (kind) => {
  let replica: RawReplica;
  let front: LoggedFront;

  beforeAll(async () => {
    replica = await createRawReplica('A');
    front = await startFront(kind, { peers: [`${replica.url} max_fails=0`] });
  });
  afterAll(async () => {
    await front.close();
    replica.close();
  });

  test.each(CASES)('$name', async ({ sends, answers = OK, differs, ...same }) => {
    const { seen, gets } = { ...same, ...differs?.[kind === 'miniflare' ? 'worker' : kind] };
    const before = replica.requests.length;
    replica.answer(answers);
    const received = await exchange(front.url, sends);
    const reached = replica.requests.slice(before);
    if (seen === null) expect(reached).toEqual([]);
    else if (seen !== undefined) expect(reached.map((bytes) => reduce(bytes, seen))).toEqual([seen]);
    if (gets === null) expect(messageEnd(received)).toBeUndefined();
    else if (gets !== undefined) expect(reduce(received, gets)).toBe(gets);
  });
});

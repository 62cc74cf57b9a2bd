import { expect, test } from 'vitest';
import type { Evidence, Operation } from '../history.ts';
import { deliveriesCheck } from './deliveries.ts';
import { evidence, outage, release } from './evidence.ts';

const to = (by: string, requestId = 'post') => ({ requestId, by });
const find = (deliveries: Evidence['deliveries'], operation: Operation, fields: Partial<Evidence> = {}) =>
  deliveriesCheck.find(evidence({ operations: [operation], deliveries, ...fields })).map(({ message }) => message);

test('a POST that reached only the replica that answered it is no violation', () => {
  expect(find([to('a')], release({ requestId: 'post' }))).toEqual([]);
});

test.each([
  ['two replicas', [to('a'), to('b')], 'the POST post reached a and b'],
  ['one replica twice', [to('a'), to('a')], 'the POST post reached a and a'],
])('finds a POST that reached %s, whatever answer its client got', (_whom, deliveries, message) => {
  expect(find(deliveries, release({ requestId: 'post' }))).toEqual([message]);
  expect(find(deliveries, release({ requestId: undefined, outcome: 'failed', servedBy: undefined }))).toEqual([
    message,
  ]);
});

test('finds an answer to a POST that no replica logged', () => {
  expect(find([], release({ requestId: 'post' }))).toEqual([
    'the POST post was answered 200 by 10.0.0.1:5000, which did not log it',
  ]);
});

test.each([
  ['the replica was killed right after', release(), [{ ...outage('replica', 'a'), fromMs: 61_000, untilMs: 62_000 }]],
  ['the edge answered itself', release({ verdict: 'takeover', servedBy: 'edge' }), []],
  ['the balancer answered', release({ status: 502, servedBy: undefined }), []],
])('accepts a POST without a log line when %s', (_why, operation, outages) => {
  expect(find([], operation, { outages })).toEqual([]);
});

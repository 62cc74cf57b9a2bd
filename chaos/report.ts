import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Evidence } from './history.ts';
import type { Finding } from './verdict.ts';

export interface Report {
  evidence: Evidence;
  findings: readonly Finding[];
  /** Output of the stack's processes. */
  said: readonly string[];
  seed: number;
}

/**
 * Writes everything recorded of a run to a file, as JSON lines. Each line is an object with one key that names its
 * kind.
 */
export async function writeReport(path: string, report: Report): Promise<void> {
  await pipeline(Readable.from(lines(report)), createWriteStream(path));
}

function* lines({ evidence, findings, said, seed }: Report): Generator<string> {
  const { operations, faults, outages, drains, deaths, deliveries, clockSteps, retryCuts, changes } = evidence;
  const { replicas, ledger, recoveries } = evidence;
  const line = (name: string, value: unknown) => `${JSON.stringify({ [name]: value })}\n`;
  yield line('seed', seed);
  for (const replica of replicas) yield line('replica', replica);
  for (const fault of faults) yield line('fault', fault);
  for (const outage of outages) yield line('outage', outage);
  for (const drain of drains) yield line('drain', drain);
  for (const death of deaths) yield line('death', death);
  for (const step of clockSteps) yield line('clockStep', step);
  for (const cut of retryCuts) yield line('retryCut', cut);
  for (const change of changes) yield line('change', change);
  for (const recovery of recoveries) yield line('recovery', recovery);
  for (const delivery of deliveries) yield line('delivery', delivery);
  for (const operation of operations) yield line('operation', operation);
  yield line('counter', ledger.counter);
  for (const row of ledger.rows) yield line('row', row);
  for (const words of said) yield line('said', words);
  for (const { violations } of findings) {
    for (const { check, message, operations: shown } of violations) {
      yield line('violation', { check, message, operations: shown.map(({ id }) => id) });
    }
  }
}

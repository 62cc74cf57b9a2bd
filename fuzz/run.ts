import { idOf, type WireAnswer } from './answers.ts';
import { exchange } from './exchange.ts';
import { hexDump } from './hex-dump.ts';
import { bytesOf } from './input.ts';
import { createMemoryWatch, type Growth } from './memory.ts';
import { judgeAnswers, judgeRequests } from './oracle.ts';
import type { Replicas } from './replicas.ts';
import type { Target } from './targets.ts';
import { isOfCrowd } from './withstand.ts';

export interface RunOptions {
  target: Target;
  seed: number;
  /** Number of the first input. */
  from: number;
  inputs: number;
  concurrency: number;
  onProgress?: (done: number) => void;
}

/** Something that must not happen. */
export interface Violation {
  /** Number of the input, if the violation belongs to one. */
  index?: number;
  rule: string;
}

export interface Report {
  inputs: number;
  /** Number of responses by status; `none` counts the inputs without a response. */
  statuses: Record<string, number>;
  /** Number of requests that reached replicas. */
  requests: number;
  /** Number of visits, all of them counted. */
  visits: number;
  growth: Growth | undefined;
  /** The slowest input. */
  slowest: { index: number; ms: number };
  violations: Violation[];
}

/** Number of inputs that are judged together, when all their requests are in the replicas' log. */
const BATCH = 400;
const ENOUGH_VIOLATIONS = 100;
const COUNTED_WITHIN_MS = 10_000;

/** Sends inputs to a target and judges the outcomes. */
export async function runFuzz(options: RunOptions): Promise<Report> {
  const { target, seed, from, inputs, concurrency, onProgress = () => {} } = options;
  const { replicas, surroundings, refusals } = target;
  const report: Report = {
    inputs: 0,
    statuses: {},
    requests: 0,
    visits: 0,
    growth: undefined,
    slowest: { index: from, ms: 0 },
    violations: [],
  };
  const memory = createMemoryWatch(target.pids);
  const last = from + inputs;

  async function sendOne(index: number) {
    const input = target.generate(seed, index, surroundings);
    const startedMs = performance.now();
    const localAddress = clientAddress(index);
    const isOwed = (answers: readonly WireAnswer[]) =>
      replicas.ledger.seen(localAddress).some(({ requestId }) => !answers.some((answer) => idOf(answer) === requestId));
    const got = await exchange({ port: target.port, localAddress, input, isOwed });
    const ms = performance.now() - startedMs;
    if (ms > report.slowest.ms) report.slowest = { index, ms };
    const statuses = got.answers.map(({ status }) => `${status}`);
    for (const status of statuses.length > 0 ? statuses : ['none'])
      report.statuses[status] = (report.statuses[status] ?? 0) + 1;
    for (const rule of judgeAnswers(input, got, refusals)) report.violations.push({ index, rule });
    return { index, input, got };
  }

  for (let first = from; first < last && report.violations.length < ENOUGH_VIOLATIONS; first += BATCH) {
    const indices = Array.from({ length: Math.min(BATCH, last - first) }, (_, nth) => first + nth);
    const heap = await inParallel(indices, concurrency, sendOne);
    report.inputs += heap.length;
    await replicas.settle();
    for (const { index, input, got } of heap) {
      const seen = replicas.ledger.claim(clientAddress(index));
      report.requests += seen.length;
      for (const rule of judgeRequests(input, got, seen)) report.violations.push({ index, rule });
    }
    await memory.sample();
    onProgress(report.inputs);
    if (target.problems().length > ENOUGH_VIOLATIONS) break;
  }

  const counted = await untilCounted(replicas);
  const say = (rule: string) => report.violations.push({ rule });
  const addresses = new Set(Array.from({ length: report.inputs }, (_, nth) => clientAddress(from + nth)));
  for (const { clientIp, method, path } of replicas.ledger.unclaimed()) {
    if (!addresses.has(clientIp) && !isOfCrowd(clientIp))
      say(`a request that no client sent reached a replica: ${method} ${path} of ${clientIp}`);
  }
  const numbers = replicas.ledger.visits();
  report.visits = numbers.length;
  if (counted !== numbers.length) say(`${counted} visits are counted, ${numbers.length} were made`);
  if (numbers.some((number, nth) => number !== nth + 1)) say('the numbers of the visits have gaps or duplicates');
  report.growth = memory.growth();
  if (report.growth?.isTooMuch) say('memory grows');
  for (const problem of new Set(target.problems())) say(problem);
  return report;
}

/**
 * Waits until the count equals the number of visits, with a time limit: a visit may be in flight after its client has
 * disconnected.
 */
async function untilCounted({ settle, count, ledger }: Replicas): Promise<number> {
  const giveUpAtMs = performance.now() + COUNTED_WITHIN_MS;
  for (;;) {
    await settle();
    const counted = await count();
    if (counted === ledger.visits().length || performance.now() > giveUpAtMs) return counted;
  }
}

/** Returns the loopback address of an input. Each input has its own, which identifies it in the replicas' log. */
export function clientAddress(index: number): string {
  return `127.${16 + ((index >> 16) & 0x7f)}.${(index >> 8) & 0xff}.${index & 0xff}`;
}

/** Returns the command that repeats a violation, and the bytes that were sent. */
export function replay({ target, seed }: RunOptions, index: number): string {
  const bytes = bytesOf(target.generate(seed, index, target.surroundings));
  return `npm run fuzz -- --target ${target.name} --seed ${seed} --from ${index} --inputs 1\n${hexDump(bytes)}`;
}

async function inParallel<T, R>(items: readonly T[], concurrency: number, run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const work = async () => {
    for (const [nth, item] of queue) results[nth] = await run(item);
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return results;
}

import { FAULTS, type FaultRecord, type FaultTraits, type PlannedFault } from './fault.ts';
import type { Stack } from './stacks/stack.ts';

export interface InjectorOptions {
  plan: readonly PlannedFault[];
  stack: Pick<Stack, 'faults'>;
  nowMs: () => number;
  /** When no fault begins any more, whatever is still planned. */
  endMs: number;
  /** Waits until the clock of the run says so. */
  until: (atMs: number) => Promise<void>;
  /** Is told of each fault when it is over. */
  onFault?: (record: FaultRecord) => void;
}

/**
 * Brings the faults of a plan, lane by lane, and waits until the last one is over. One that takes longer than planned delays
 * those after it in its lane: there is as much time between them as planned.
 */
export async function injectFaults(options: InjectorOptions): Promise<FaultRecord[]> {
  const { plan, stack, nowMs, endMs, until, onFault = () => {} } = options;
  const records: FaultRecord[] = [];
  const turns = createTurns();

  async function runLane(faults: readonly PlannedFault[]): Promise<void> {
    // By so much the lane is later than planned: what a fault took away may take its time to come back.
    let lagMs = 0;
    for (const planned of faults) {
      await until(planned.atMs + lagMs);
      if (nowMs() > endMs) return;
      const { isAlone = false }: FaultTraits = FAULTS[planned.kind];
      const { detail, fromMs } = await turns.run(isAlone, async () => {
        const fromMs = nowMs();
        return { fromMs, detail: await stack.faults[planned.kind]?.(planned) };
      });
      lagMs = Math.max(0, nowMs() - planned.atMs - planned.lengthMs);
      if (detail === undefined) continue;
      const record = { kind: planned.kind, detail, fromMs, untilMs: nowMs() };
      records.push(record);
      onFault(record);
    }
  }

  const lanes = Map.groupBy(plan, ({ kind }) => FAULTS[kind].lane);
  await Promise.all([...lanes.values()].map(runLane));
  return records.sort((a, b) => a.fromMs - b.fromMs);
}

/** Lets work overlap, but for work that is to be alone. */
function createTurns() {
  const running = new Set<Promise<unknown>>();
  let alone: Promise<unknown> = Promise.resolve();

  return {
    async run<T>(isAlone: boolean, work: () => Promise<T>): Promise<T> {
      const before = isAlone ? [alone, ...running] : [alone];
      const done = Promise.all(before).then(work);
      const settled = done.catch(() => {});
      if (isAlone) alone = settled;
      running.add(settled);
      void settled.then(() => running.delete(settled));
      return done;
    },
  };
}

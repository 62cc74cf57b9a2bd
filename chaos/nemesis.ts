import { FAULTS, type FaultRecord, type FaultTraits, type PlannedFault } from './fault.ts';
import type { Stack } from './stacks/stack.ts';

export interface NemesisOptions {
  plan: readonly PlannedFault[];
  stack: Pick<Stack, 'faults'>;
  nowMs: () => number;
  /** No fault starts after this time, even if more are planned. */
  endMs: number;
  /** Resolves when the run's clock has reached this time. */
  until: (atMs: number) => Promise<void>;
  /** Called with each fault when it is over. */
  onFault?: (record: FaultRecord) => void;
}

/**
 * Injects the faults of a plan, lane by lane, and waits until the last one is over. A fault that takes longer than
 * planned delays the later ones of its lane, so the pauses between them stay as planned.
 */
export async function injectFaults(options: NemesisOptions): Promise<FaultRecord[]> {
  const { plan, stack, nowMs, endMs, until, onFault = () => {} } = options;
  const records: FaultRecord[] = [];
  const turns = createTurns();

  async function runLane(faults: readonly PlannedFault[]): Promise<void> {
    // How far this lane is behind the plan: recovery from a fault may take time.
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

/** Creates a scheduler that lets work overlap, except for work that must run alone. */
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

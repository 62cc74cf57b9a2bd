import { median } from '../testkit/median.ts';
import { residentBytes } from '../testkit/processes/resident-memory.ts';

const WARM_UP_SHARE = 0.1;
const MIN_SAMPLES = 9;
/** The memory of one process varies more than the sum of all. */
const ALLOWED_BYTES = { one: 64 * 1024 * 1024, all: 32 * 1024 * 1024 };
const ALLOWED_SHARE = 0.25;

/** The memory of several processes during a run. */
export interface MemoryWatch {
  /** Samples each process now. */
  sample(): Promise<void>;
  /** @returns undefined without processes, after a failed sample, or with too few samples */
  growth(): Growth | undefined;
}

/** The growth of memory during a run. */
export interface Growth {
  /** Medians of the first third after the warm-up and of the last third, summed over all processes, in bytes. */
  early: number;
  late: number;
  /** Whether one process, or all together, grew by more than noise. */
  isTooMuch: boolean;
}

/** Watches each process separately: among large processes the growth of a small one would not show in the sum. */
export function createMemoryWatch(pids: readonly number[], read = residentBytes): MemoryWatch {
  const samples = new Map(pids.map((pid) => [pid, [] as (number | undefined)[]]));
  return {
    async sample() {
      for (const [pid, sizes] of samples) sizes.push(await read(pid));
    },
    growth() {
      const each = [...samples.values()].map(growthOf);
      const known = each.filter((growth) => growth !== undefined);
      if (known.length === 0 || known.length < each.length) return undefined;
      const sum = (key: 'early' | 'late') => known.reduce((total, growth) => total + growth[key], 0);
      const all = { early: sum('early'), late: sum('late') };
      const isTooMuch = isNoNoise(all, ALLOWED_BYTES.all) || known.some((one) => isNoNoise(one, ALLOWED_BYTES.one));
      return { ...all, isTooMuch };
    },
  };
}

type Ends = Pick<Growth, 'early' | 'late'>;

function isNoNoise({ early, late }: Ends, allowedBytes: number): boolean {
  return late - early > Math.max(allowedBytes, early * ALLOWED_SHARE);
}

function growthOf(samples: readonly (number | undefined)[]): Ends | undefined {
  const warm = samples.slice(Math.ceil(samples.length * WARM_UP_SHARE)).filter((size) => size !== undefined);
  if (warm.length < MIN_SAMPLES || samples.includes(undefined)) return undefined;
  const third = Math.floor(warm.length / 3);
  return { early: median(warm.slice(0, third)) as number, late: median(warm.slice(-third)) as number };
}

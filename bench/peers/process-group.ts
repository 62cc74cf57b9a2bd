import { readdirSync, readFileSync } from 'node:fs';

/** A process, as Linux describes it. */
export interface ProcessEntry {
  pid: number;
  /** The program's name; Linux keeps its first 15 characters. */
  name: string;
  group: number;
}

/** Returns the processes of a group. Empty on a system without `/proc`. */
export function processesOfGroup(group: number): ProcessEntry[] {
  return processIds().flatMap((pid) => {
    const entry = readStat(pid);
    return entry?.group === group ? [entry] : [];
  });
}

/** Parses `/proc/<pid>/stat`. The name may contain spaces and parentheses, so it ends at the last parenthesis. */
export function parseStat(line: string): ProcessEntry | undefined {
  const [, pid, name, group] = line.match(/^(\d+) \((.*)\) \S+ \d+ (\d+) /s) ?? [];
  if (pid === undefined || name === undefined || group === undefined) return undefined;
  return { pid: Number(pid), name, group: Number(group) };
}

function processIds(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

function readStat(pid: string): ProcessEntry | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    // The process has just ended.
    return undefined;
  }
}

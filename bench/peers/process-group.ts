import { readdirSync, readFileSync } from 'node:fs';

/** A process as Linux tells of it. */
export interface ProcessEntry {
  pid: number;
  /** The program's name, of which Linux keeps 15 characters. */
  name: string;
  group: number;
}

/** The processes of a group; none on a system without `/proc`. */
export function processesOfGroup(group: number): ProcessEntry[] {
  return processIds().flatMap((pid) => {
    const entry = readStat(pid);
    return entry?.group === group ? [entry] : [];
  });
}

/** Reads a line of `/proc/<pid>/stat`. The name may itself hold blanks and parentheses, so it ends at the last one. */
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
    // It has just ended.
    return undefined;
  }
}

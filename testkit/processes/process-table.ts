import { readdirSync, readFileSync } from 'node:fs';

/** A process, as Linux describes it. */
export interface ProcessEntry {
  pid: number;
  /** The process that started it. */
  parent: number;
  /** The program's name; Linux keeps its first 15 characters. */
  name: string;
  group: number;
}

/** Returns the processes of a group. Empty on a system without `/proc`. */
export function processesOfGroup(group: number): ProcessEntry[] {
  return allProcesses().filter((entry) => entry.group === group);
}

/** Returns the ids of a process and of all that it has started, directly or not. Only the former on a system without `/proc`. */
export function processTree(root: number): number[] {
  const all = allProcesses();
  const tree = [root];
  for (const parent of tree) tree.push(...all.filter((entry) => entry.parent === parent).map(({ pid }) => pid));
  return tree;
}

function allProcesses(): ProcessEntry[] {
  return processIds().flatMap((pid) => readStat(pid) ?? []);
}

/** Parses `/proc/<pid>/stat`. The name may contain spaces and parentheses, so it ends at the last parenthesis. */
export function parseStat(line: string): ProcessEntry | undefined {
  const [, pid, name, parent, group] = line.match(/^(\d+) \((.*)\) \S+ (\d+) (\d+) /s) ?? [];
  if (pid === undefined || name === undefined) return undefined;
  return { pid: Number(pid), name, parent: Number(parent), group: Number(group) };
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

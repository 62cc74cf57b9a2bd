/** What a replica has done with sessions since its start. */
export interface SessionStats {
  /** Reads from the replica's own memory. */
  memoryReads: number;
  databaseReads: number;
  /** Committed changes. */
  commits: number;
  /** Changes that another replica's change made necessary to try again. */
  conflicts: number;
}

export function createSessionStats(): SessionStats {
  return { memoryReads: 0, databaseReads: 0, commits: 0, conflicts: 0 };
}

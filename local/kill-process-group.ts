/**
 * Ends a process group, and so what its first process leaves behind: the edge's runtime outlives an edge that is killed, and
 * would keep the port.
 */
export function killProcessGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch (error) {
    // The whole group is gone already, as it should be.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

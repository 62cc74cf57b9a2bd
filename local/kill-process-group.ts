/**
 * Kills a process group, and so the children that its first process leaves behind: the edge's runtime outlives a killed
 * edge and would keep the port.
 */
export function killProcessGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch (error) {
    // The whole group is gone already, as it should be.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

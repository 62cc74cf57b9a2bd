/** Resolves after so many milliseconds, and keeps no process up for it. */
export function unrefDelay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

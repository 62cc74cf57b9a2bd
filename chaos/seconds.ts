/** Formats a time of a run. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(3)} s`;
}

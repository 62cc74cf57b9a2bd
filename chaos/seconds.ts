/** A time of a run, as it is shown. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(3)} s`;
}

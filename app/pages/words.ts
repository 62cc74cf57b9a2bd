/** Formats a number as `12,345`. */
export function wholeNumber(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** Formats a number with one decimal below 100, and none from there: `0`, `0.3`, `12.5`, `1,250`. */
export function decimal(value: number): string {
  const digits = value >= 100 || value === 0 ? 0 : 1;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Formats `1 replica`, `3 replicas`. */
export function countOf(count: number, noun: string): string {
  return `${wholeNumber(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Formats a UTC time of day: `07:58:53`. */
export function clockTime(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(11, 19);
}

/** Formats a UTC date and time: `2026-11-20 07:58`. */
export function dayAndTime(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 16).replace('T', ' ');
}

/** Formats a size with a decimal prefix: `0 kB`, `12.5 kB`, `1.2 MB`. */
export function byteSize(bytes: number): string {
  return bytes < 1e6 ? `${decimal(bytes / 1e3)} kB` : `${decimal(bytes / 1e6)} MB`;
}

/** Formats a share: `97.5 %`. Only all and nothing are rounded to 100 and 0; `–` when there is no whole. */
export function share(part: number, whole: number): string {
  if (whole === 0) return '–';
  const percent = (100 * part) / whole;
  const rounded = Math.min(99.9, Math.max(0.1, percent));
  return `${percent === 0 || percent === 100 ? percent : rounded.toFixed(1)} %`;
}

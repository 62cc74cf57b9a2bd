import { html } from 'hono/html';
import type { Html } from './html.ts';

/** `12,345`. */
export function wholeNumber(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** `0`, `0.3`, `12.5`, `1,250`: as many digits as are worth reading. */
export function decimal(value: number): string {
  const digits = value >= 100 || value === 0 ? 0 : 1;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** `1 replica`, `3 replicas`. */
export function countOf(count: number, noun: string): string {
  return `${wholeNumber(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A time of day, UTC. */
export function clockTime(timeMs: number): Html {
  const iso = new Date(timeMs).toISOString();
  return html`<time datetime="${iso}">${iso.slice(11, 19)}</time>`;
}

/** A day and a time, UTC. */
export function dayAndTime(timeMs: number): Html {
  const iso = new Date(timeMs).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 16)}</time>`;
}

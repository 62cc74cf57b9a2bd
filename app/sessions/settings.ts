import type { z } from 'zod';
import { addProblem, setting } from '../lib/settings.ts';
import { integer } from '../lib/text-format.ts';
import type { SessionLifetimes } from './session-store.ts';

/** The settings of sessions, the same for replicas and edge. */
export const sessionSettings = {
  SESSION_IDLE_MINUTES: setting(integer({ min: 1, max: 576_000 }), {
    about: 'A session ends when it is not used for this long, in minutes.',
    example: '1440',
    default: 1440,
  }),
  // Browsers keep no cookie for more than 400 days (RFC 6265bis).
  SESSION_ABSOLUTE_HOURS: setting(integer({ min: 1, max: 9600 }), {
    about: 'A session ends this long after its creation, in hours, however much it is used.',
    example: '168',
    default: 168,
  }),
  SESSION_MAX_BYTES: setting(integer({ min: 100, max: 16_384 }), {
    about: 'Maximum size of a session, in bytes of JSON. A change that makes it larger is answered 413.',
    example: '16384',
    default: 16_384,
  }),
};

type SessionValues = Record<keyof typeof sessionSettings, number>;

/** Requires an idle lifetime that can be reached. */
export function sessionRule(values: SessionValues, ctx: z.RefinementCtx): void {
  const longest = values.SESSION_ABSOLUTE_HOURS * 60;
  if (values.SESSION_IDLE_MINUTES <= longest) return;
  const expected = `at most ${longest}, because a session ends after SESSION_ABSOLUTE_HOURS=${values.SESSION_ABSOLUTE_HOURS}`;
  addProblem(ctx, 'SESSION_IDLE_MINUTES', expected, `${values.SESSION_IDLE_MINUTES}`, 'lower it, or raise the other');
}

export interface SessionConfig {
  lifetimes: SessionLifetimes;
  maxBytes: number;
}

export function toSessionConfig(values: SessionValues): SessionConfig {
  const lifetimes = {
    idleMs: values.SESSION_IDLE_MINUTES * 60_000,
    absoluteMs: values.SESSION_ABSOLUTE_HOURS * 3_600_000,
  };
  return { lifetimes, maxBytes: values.SESSION_MAX_BYTES };
}

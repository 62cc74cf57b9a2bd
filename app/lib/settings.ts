import { z } from 'zod';
import { UserError } from './user-error.ts';

/** One setting of a program: an environment variable on Node, a variable of the Worker at the edge. */
export interface Setting<T> {
  /** Its purpose, for `--help` and docs/configuration.md. */
  about: string;
  /** Describes valid values; it follows the word "expected" in messages. */
  expected: string;
  /** A valid value, shown when an invalid one was given. */
  example: string;
  default: T;
  /** Describes the default where it is not a plain value. */
  defaultText?: string;
  schema: z.ZodType<T, string>;
  /** Returns the part of an invalid value that may be shown; all of it by default. */
  mask?: (value: string) => string;
}

type Settings = Record<string, Setting<unknown>>;
type Values<S extends Settings> = {
  [K in keyof S]: S[K] extends Setting<infer T> ? T : never;
};

/** Lists the invalid settings, each with the expected value, the actual one and a valid example. */
export class SettingsError extends UserError {
  override name = 'SettingsError';

  constructor(problems: string[]) {
    super([`${problems.length} setting${problems.length === 1 ? ' is' : 's are'} wrong:`, ...problems].join('\n  '));
  }
}

/** Declares a setting. The function only serves type inference: the default gets the schema's type. */
export function setting<T>(declared: Setting<T>): Setting<T> {
  return declared;
}

/** Accepts a whole number within bounds, in decimal digits. */
export function wholeNumber(min: number, max: number): z.ZodType<number, string> {
  return z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .pipe(z.number().min(min).max(max));
}

/** Returns one line that describes an invalid setting. */
export function describeProblem(name: string, expected: string, got: string, fix: string): string {
  return `${name}: expected ${expected}, got ${got}; ${fix}`;
}

/**
 * Reads all settings. Adds a line to `problems` for each invalid one. An empty value counts as unset, because Compose passes
 * one when its own variable is not set.
 */
export function readSettings<S extends Settings>(
  settings: S,
  env: Record<string, string | undefined>,
  problems: string[],
): Values<S> {
  const values = Object.entries(settings).map(([name, declared]) => {
    const value = env[name];
    if (value === undefined || value === '') return [name, declared.default];
    const parsed = declared.schema.safeParse(value);
    if (parsed.success) return [name, parsed.data];
    const shown = JSON.stringify(declared.mask ? declared.mask(value) : value);
    problems.push(describeProblem(name, declared.expected, shown, `for example ${name}=${declared.example}`));
    return [name, declared.default];
  });
  return Object.fromEntries(values) as Values<S>;
}

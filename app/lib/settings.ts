import { z } from 'zod';
import { UserError } from './user-error.ts';

/** One setting of a program: an environment variable on Node, a variable of the worker at the edge. */
export interface Setting<T> {
  /** What it does, for `--help` and docs/configuration.md. */
  about: string;
  /** What a right value is, in words that follow "expected". */
  expected: string;
  /** A right value, shown to whoever gave a wrong one. */
  example: string;
  /** The value when none is given. */
  default: T;
  /** How the default reads where it is not a plain value. */
  defaultText?: string;
  schema: z.ZodType<T, string>;
  /** What of a wrong value may be shown; all of it by default. */
  mask?: (value: string) => string;
}

type Settings = Record<string, Setting<unknown>>;
type Values<S extends Settings> = {
  [K in keyof S]: S[K] extends Setting<infer T> ? T : never;
};

/** Settings are wrong: says each, what was expected, what was got, and a value that would do. */
export class SettingsError extends UserError {
  override name = 'SettingsError';

  constructor(problems: string[]) {
    super([`${problems.length} setting${problems.length === 1 ? ' is' : 's are'} wrong:`, ...problems].join('\n  '));
  }
}

/** Declares a setting; gives its default the type of its schema. */
export function setting<T>(declared: Setting<T>): Setting<T> {
  return declared;
}

/** A whole number within bounds, written in decimal digits. */
export function wholeNumber(min: number, max: number): z.ZodType<number, string> {
  return z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .pipe(z.number().min(min).max(max));
}

/** One line on a wrong setting. */
export function describeProblem(name: string, expected: string, got: string, fix: string): string {
  return `${name}: expected ${expected}, got ${got}; ${fix}`;
}

/**
 * Reads all settings, adding a line to `problems` for each wrong one. An empty value counts as none: Compose hands one
 * over where its own variable is not set.
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

import { z } from 'zod';
import type { TextFormat } from './text-format.ts';
import { textProblem } from './text-problem.ts';
import { UserError } from './user-error.ts';

interface Description {
  /** Its purpose, for `--help` and docs/configuration.md. */
  about: string;
  /** A valid value, shown when an invalid one was given. */
  example: string;
  /** Describes the default where it is not a plain value. */
  defaultText?: string;
  /** Returns the part of an invalid value that may be shown; all of it by default. */
  mask?: (value: string) => string;
}

/** One setting of a program: an environment variable on Node, a variable of the Worker at the edge. */
export interface Setting<T> extends TextFormat<T>, Description {
  default: T;
}

type Settings = Record<string, Setting<unknown>>;
type Fields<S extends Settings> = { [K in keyof S]: z.ZodType<S[K]['default']> };

/** The values of settings, by name. */
export type SettingsValues<S extends Settings> = { [K in keyof S]: S[K]['default'] };

/** The texts of a program's settings, by name. */
export type GivenSettings = Record<string, string | undefined | UnreadSetting>;

/** Takes the place of the text of a setting that could not be read. */
export class UnreadSetting {
  /** The line that describes why. */
  readonly problem: string;

  constructor(problem: string) {
    this.problem = problem;
  }
}

/** Lists the invalid settings, each with the expected value, the actual one and a valid example. */
export class SettingsError extends UserError {
  override name = 'SettingsError';
  /** One line for each invalid setting. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options?: ErrorOptions) {
    const count = `${problems.length} setting${problems.length === 1 ? ' is' : 's are'} wrong:`;
    super([count, ...problems].join('\n  '), options);
    this.problems = problems;
  }
}

/** Declares a setting. Without a default its value is undefined where it is not given. */
export function setting<T>(format: TextFormat<T>, declared: Description & { default: NoInfer<T> }): Setting<T>;
export function setting<T>(format: TextFormat<T>, declared: Description): Setting<T | undefined>;
export function setting<T>({ expected, schema }: TextFormat<T>, declared: Description & { default?: T }) {
  return { default: undefined, expected, schema, ...declared };
}

/** Returns one line that describes an invalid setting or flag. */
export function describeProblem(name: string, expected: string, got: string, fix?: string): string {
  return `${name}: expected ${expected}, got ${got}${fix === undefined ? '' : `; ${fix}`}`;
}

/**
 * Returns the schema of a program's settings. Add the rules between them with `superRefine`, which runs even if some of them
 * are invalid: their defaults take their place. An empty value counts as unset, because Compose passes one when its own
 * variable is not set.
 */
export function settingsObject<S extends Settings>(settings: S): z.ZodObject<Fields<S>> {
  const fields = Object.entries(settings).map(([name, declared]) => [name, settingSchema(name, declared)]);
  return z.object(Object.fromEntries(fields) as Fields<S>);
}

function settingSchema<T>(name: string, declared: Setting<T>): z.ZodType<T> {
  const given = z.custom<string | UnreadSetting>().optional();
  return given.transform((value, ctx) => {
    if (value === undefined || value === '') return declared.default;
    if (value instanceof UnreadSetting) {
      ctx.addIssue({ code: 'custom', message: value.problem, continue: true });
      return declared.default;
    }
    const { data, error } = declared.schema.safeParse(value);
    if (error === undefined) return data;
    ctx.addIssue({ code: 'custom', message: describeInvalid(name, declared, value, error), continue: true });
    return declared.default;
  });
}

function describeInvalid<T>(name: string, declared: Setting<T>, value: string, error: z.ZodError): string {
  const { expected, got, fix = `for example ${name}=${declared.example}` } = textProblem(value, error, declared);
  return describeProblem(name, expected, got, fix);
}

/** Reports from a rule between settings that one of them is wrong. */
export function addProblem(ctx: z.RefinementCtx, name: string, expected: string, got: string, fix: string): void {
  ctx.addIssue({ code: 'custom', path: [name], message: describeProblem(name, expected, got, fix) });
}

/**
 * Returns the values of a schema made from `settingsObject`.
 *
 * @throws {SettingsError} describing every invalid setting
 */
export function parsedSettings<T>({ data, error }: z.ZodSafeParseResult<T>): T {
  if (error !== undefined) throw new SettingsError(error.issues.map(({ message }) => message));
  return data as T;
}

/**
 * Returns the values of settings that have no rules between them.
 *
 * @throws {SettingsError} describing every invalid setting
 */
export function parseSettings<S extends Settings>(settings: S, given: GivenSettings): SettingsValues<S> {
  return parsedSettings(settingsObject(settings).safeParse(given)) as SettingsValues<S>;
}

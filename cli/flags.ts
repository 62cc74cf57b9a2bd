import type { TextFormat } from '../app/lib/text-format.ts';

interface FlagDescription {
  /** What it does, for the usage text. Where it ends with a line break, the default has a line of its own. */
  about: string;
  /** Stands for the value in the usage text, for example `N`. */
  placeholder: string;
  /** Describes the default where it is not a plain value. */
  defaultText?: string;
  /** The letter that takes the place of the name in the usage text. */
  short?: string;
  /** Returns the part of an invalid value that may be shown; all of it by default. */
  mask?: (value: string) => string;
}

/** One flag of a program. Only a flag with a format has a value. */
export interface Flag<T> extends Omit<FlagDescription, 'placeholder'> {
  placeholder?: string;
  format?: TextFormat<unknown>;
  default: T;
}

export type Flags = Record<string, Flag<unknown>>;

/** Arguments that belong to no flag. */
export interface Names<N> {
  placeholder: string;
  /** For the usage text. Without it, they are not listed among the options. */
  about?: string;
  format: TextFormat<N>;
}

export interface CommandLineOptions<F extends Flags, N> {
  /** What one types before the flags. */
  command: string;
  /** Takes the place of the list of flags after the command. */
  synopsis?: string;
  about: string;
  flags: F;
  names?: Names<N>;
  /** The end of the usage text, after the options. */
  more?: string;
}

/** Declares a flag with a value. Without a default its value is undefined where it is not given. */
export function flag<T>(format: TextFormat<T>, declared: FlagDescription & { default: NoInfer<T> }): Flag<T>;
export function flag<T>(format: TextFormat<T>, declared: FlagDescription): Flag<T | undefined>;
export function flag<T>(format: TextFormat<T>, declared: FlagDescription & { default?: T }) {
  return { format, default: undefined, ...declared };
}

/** Declares a flag without a value. */
export function toggle(about: string): Flag<boolean> {
  return { about, default: false };
}

import { z } from 'zod';
import { addTextProblem } from './text-problem.ts';

/** A form of text, with the value of each text in that form. Settings and flags are declared with it. */
export interface TextFormat<T> {
  /** Describes valid texts; it follows the word "expected" in messages. */
  expected: string;
  schema: z.ZodType<T, string>;
  /** All valid texts, where they can be listed. */
  words?: readonly string[];
}

/** The texts of numbers within bounds. */
export interface NumberFormat extends TextFormat<number> {
  /** The bounds, for usage texts. */
  range: string;
}

export interface IntegerOptions {
  min: number;
  /** Without it a number has at most 15 digits, which are exact. */
  max?: number;
  /** What the number is, for messages. */
  noun?: string;
  /** A further condition in words, which a rule between settings checks. */
  also?: string;
}

/** A whole number in decimal digits. */
export function integer({ min, max, noun = 'a whole number', also }: IntegerOptions): NumberFormat {
  return numberFormat(/^\d{1,15}$/, noun, min, max, also);
}

/** A number in decimal digits, with or without a point. */
export function decimal({ min, max }: { min: number; max: number }): NumberFormat {
  return numberFormat(/^\d{1,15}(\.\d+)?$/, 'a number', min, max);
}

export function milliseconds(bounds: Omit<IntegerOptions, 'noun'>): NumberFormat {
  return integer({ ...bounds, noun: 'milliseconds' });
}

export function port(): NumberFormat {
  return integer({ min: 1, max: 65_535, noun: 'a port' });
}

export function oneOf<const T extends string>(words: readonly T[]): TextFormat<T> {
  const schema = z.string().refine((text): text is T => (words as readonly string[]).includes(text));
  return { expected: `one of ${words.join(', ')}`, schema: schema as z.ZodType<T, string>, words };
}

/** One or more of the words, separated by commas. */
export function someOf<const T extends string>(words: readonly T[]): TextFormat<T[]> {
  const isKnown = (word: string): word is T => (words as readonly string[]).includes(word);
  const schema = z.string().transform((text, ctx) => {
    const given = text.split(',');
    if (given.every(isKnown)) return given;
    addTextProblem(ctx, { got: JSON.stringify(given.find((word) => !isKnown(word))) });
    return z.NEVER;
  });
  return { expected: `some of ${words.join(', ')}`, schema };
}

/** `true` or `false`. */
export function boolean(): TextFormat<boolean> {
  return parsedBy('true or false', (text) => (text === 'true' ? true : text === 'false' ? false : undefined));
}

/** The word `off`, whose value is given, or another format. */
export function orOff<T, O>(off: O, { expected, schema }: TextFormat<T>): TextFormat<T | O> {
  const word = z.literal('off').transform(() => off);
  return { expected: `${expected}, or off`, schema: z.union([word as z.ZodType<O, string>, schema]) };
}

export function anyText(expected: string): TextFormat<string> {
  return { expected, schema: z.string() };
}

export function textWhere(expected: string, isValid: (text: string) => boolean): TextFormat<string> {
  return { expected, schema: z.string().refine(isValid) };
}

/** @param parse returns undefined for an invalid text */
export function parsedBy<T>(expected: string, parse: (text: string) => T | undefined): TextFormat<T> {
  const schema = z.string().transform((text, ctx) => {
    const value = parse(text);
    if (value !== undefined) return value;
    ctx.addIssue(expected);
    return z.NEVER;
  });
  return { expected, schema };
}

function numberFormat(digits: RegExp, noun: string, min: number, max?: number, also?: string): NumberFormat {
  const range = max === undefined ? `${min}` : `${min} to ${max}`;
  const expected = `${noun} from ${range}${also === undefined ? '' : `, ${also}`}`;
  const number = z
    .number()
    .min(min)
    .max(max ?? Number.MAX_SAFE_INTEGER);
  return { expected, range, schema: z.string().regex(digits).transform(Number).pipe(number) };
}

import type { z } from 'zod';

/** What is wrong with a text. */
export interface TextProblem {
  /** Describes valid texts; it follows the word "expected". */
  expected: string;
  /** What was given instead, in quotes and without any secret. */
  got: string;
  /** How to repair it. */
  fix?: string | undefined;
}

export interface DescribeTextOptions {
  expected: string;
  /** Returns the part of an invalid text that may be shown; all of it by default. */
  mask?: ((text: string) => string) | undefined;
}

/** Adds an issue with a more exact problem than the usual one, which describes the whole format and the whole text. */
export function addTextProblem(ctx: z.RefinementCtx, problem: Partial<TextProblem>): void {
  ctx.addIssue({ code: 'custom', params: { ...problem } });
}

/** Returns the problem of a text that a format's schema rejects: the one from `addTextProblem`, else the usual one. */
export function textProblem(text: string, { issues }: z.ZodError, options: DescribeTextOptions): TextProblem {
  const { expected, mask = (whole) => whole } = options;
  const [issue] = issues;
  return { expected, got: JSON.stringify(mask(text)), ...(issue?.code === 'custom' ? issue.params : {}) };
}

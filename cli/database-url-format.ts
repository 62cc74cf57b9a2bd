import { z } from 'zod';
import type { TextFormat } from '../app/lib/text-format.ts';
import { addTextProblem } from '../app/lib/text-problem.ts';
import { type ParsedDatabaseUrl, parseDatabaseUrl } from './database-url.ts';
import { DatabaseUrlError } from './database-url-error.ts';
import { DATABASE_URL_EXPECTED } from './mysql-url.ts';

/**
 * The form of a database URL. Its issues describe the problem in detail, without any secret.
 *
 * @param isFlag whether the URL is part of a command line, which everyone on a machine can read: no text then suggests a
 *   password in the URL
 */
export function databaseUrl({ isFlag = false } = {}): TextFormat<ParsedDatabaseUrl> {
  const shown = (text: string) => (isFlag ? text.replaceAll(':password@', '@') : text);
  const schema = z.string().transform((text, ctx) => {
    try {
      return parseDatabaseUrl(text);
    } catch (error) {
      if (!(error instanceof DatabaseUrlError)) throw error;
      const { expected, got, fix } = error;
      addTextProblem(ctx, { expected: shown(expected), got, fix: shown(fix) });
      return z.NEVER;
    }
  });
  return { expected: shown(DATABASE_URL_EXPECTED), schema };
}

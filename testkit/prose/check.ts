import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { findPhrases } from './phrases.ts';

/** Generated files, and the files that list the phrases. */
const EXCLUDED = [':!package-lock.json', ':!drizzle/mysql', ':!drizzle/sqlite', ':!docs/**bench.*', ':!testkit/prose'];

/** Fails when a phrase that our style avoids occurs. `git grep -I` lists the text files. */
const files = execFileSync('git', ['grep', '-Il', '', '--', ...EXCLUDED], { encoding: 'utf8' })
  .trim()
  .split('\n');
const problems = files.flatMap((file) =>
  findPhrases(readFileSync(file, 'utf8')).map(
    ({ phrase, line }) => `${file}:${line}: "${phrase.words}"; use ${phrase.instead}`,
  ),
);
for (const problem of problems) console.error(problem);
console.log(`Checked the phrases of ${files.length} files. Found ${problems.length} to rewrite.`);
process.exitCode = problems.length === 0 ? 0 : 1;

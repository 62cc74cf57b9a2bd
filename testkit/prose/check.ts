import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { findPhrases, PHRASES } from './phrases.ts';

/** Generated files, and the files that list the phrases. */
const EXCLUDED = [':!package-lock.json', ':!drizzle/mysql', ':!drizzle/sqlite', ':!docs/**bench.*', ':!testkit/prose'];

/**
 * Fails when a phrase that our style avoids occurs more often than `PHRASES` allows. Prints all its places, because any
 * of them can be the new one. `git grep -I` lists the text files.
 */
const files = execFileSync('git', ['grep', '-Il', '', '--', ...EXCLUDED], { encoding: 'utf8' })
  .trim()
  .split('\n');
const occurrences = files.flatMap((file) =>
  findPhrases(readFileSync(file, 'utf8')).map(({ phrase, line }) => ({ phrase, place: `${file}:${line}` })),
);

let failures = 0;
for (const phrase of PHRASES) {
  const places = occurrences.filter((occurrence) => occurrence.phrase === phrase).map(({ place }) => place);
  if (places.length <= phrase.atMost) continue;
  failures++;
  console.error(
    `"${phrase.words}" occurs ${places.length} times, at most ${phrase.atMost} are left to rewrite; use ${phrase.instead}:`,
  );
  console.error(`  ${places.join('\n  ')}`);
}
for (const { words, atMost } of PHRASES) {
  const count = occurrences.filter(({ phrase }) => phrase.words === words).length;
  if (process.argv.includes('--counts')) console.log(`${count} of at most ${atMost}: ${words}`);
}
console.log(`Checked the phrases of ${files.length} files. Found ${failures} that occur too often.`);
process.exitCode = failures === 0 ? 0 : 1;

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

test("a checkout has the same bytes everywhere: text has LF at the end of lines, whatever Git's configuration", () => {
  const git = (args: string[]) => execFileSync('git', args, { cwd: PROJECT, encoding: 'utf8' });
  const files = git(['ls-files', '--eol']).trim().split('\n');
  // `i/lf w/lf attr/text=auto eol=lf  path`, or `-text` for a file that is not text.
  const others = files.filter((line) => !/^i\/(lf|none) +w\/\S+ +attr\/text=auto eol=lf|^i\/-text /.test(line));
  expect(files.length).toBeGreaterThan(100);
  expect(others).toEqual([]);
});

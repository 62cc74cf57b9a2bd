import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const MODULE = new URL('./stdout.ts', import.meta.url).href;

/** Runs a script that can call `write`, and returns its output and exit code. */
async function run(script: string): Promise<{ stdout: string; code: unknown }> {
  const source = `import { getStdoutWriter } from '${MODULE}'; const write = getStdoutWriter(); ${script}`;
  const options = { cwd: fileURLToPath(new URL('.', import.meta.url)) };
  const ran = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', source], options);
  return ran.then(
    ({ stdout }) => ({ stdout, code: 0 }),
    ({ stdout, code }) => ({ stdout, code }),
  );
}

describe('lines written before the exit are complete', () => {
  test.each([
    ['the process exits in the same turn', 'write("one\\n"); write("two\\n"); process.exit(3)', 3],
    ['the process throws', 'write("one\\n"); write("two\\n"); throw new Error()', 1],
    [
      'the process is killed in a later turn',
      'write("one\\n"); write("two\\n"); setTimeout(() => process.kill(process.pid, 9), 50)',
      undefined,
    ],
  ])('%s', async (_how, script, code) => {
    const ended = await run(script);
    expect(ended.stdout).toBe('one\ntwo\n');
    expect(ended.code ?? undefined).toBe(code);
  });

  test('lines of any length, in order', async () => {
    const script = 'for (let i = 0; i < 300; i++) write(i + "ä".repeat(i * 5) + "\\n")';
    const lines = (await run(script)).stdout.split('\n');
    expect(lines.slice(0, -1)).toEqual(Array.from({ length: 300 }, (_, i) => i + 'ä'.repeat(i * 5)));
  });
});

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

/** Loads modules in a new process, where nothing is loaded yet, and returns what they export. */
async function exportsOf(through: string): Promise<string> {
  const source = `
    import { withFastDrizzleResolution } from '${new URL('./within-drizzle.ts', import.meta.url)}';
    const plainly = (load) => load();
    const load = () => Promise.all(['drizzle-orm', 'drizzle-orm/mysql2', 'drizzle-orm/libsql', 'drizzle-orm/mysql2/migrator'].map((name) => import(name)));
    console.log(JSON.stringify((await ${through}(load)).map((module) => Object.keys(module))));`;
  const args = ['--input-type=module', '--eval', source];
  return (await promisify(execFile)(process.execPath, args, { cwd: import.meta.dirname })).stdout;
}

test('the modules export the same as without it', async () => {
  const exported = await exportsOf('withFastDrizzleResolution');
  expect(exported).toContain('"drizzle"');
  expect(exported).toBe(await exportsOf('plainly'));
});

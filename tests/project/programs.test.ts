import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  scripts: Record<string, string>;
};

/** Every program of package.json and every file that people run, with the command in its usage text. */
const PROGRAMS = [
  ...Object.entries(scripts).flatMap(([name, command]) => {
    const file = command.match(/^(?:exec )?node (\S+)$/)?.[1];
    return file === undefined
      ? []
      : [[['start', 'test'].includes(name) ? `npm ${name}` : `npm run ${name}`, file] as const];
  }),
  ...[
    'node worker/host/build.ts',
    './scale.sh',
    './update.sh',
    'deploy/push-images.sh',
    'deploy/swarm/deploy.sh',
    'deploy/swarm/group.sh',
  ].map((name) => [name, name.replace('node ', '')] as const),
];

const PASSWORD_IN_URL = /mysql:\/\/[^@\s:]+:[^@\s]*@/;

/** A program imports everything before it reads its command line. */
const SLOW = { timeout: 120_000 };

async function run(file: string, ...args: string[]) {
  const [program, first] = file.endsWith('.sh') ? [file, []] : [process.execPath, [file]];
  const child = spawn(program, [...first, ...args], { cwd: PROJECT, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code, stdout, stderr };
}

test('the programs of package.json are found', () => {
  expect(PROGRAMS.length).toBeGreaterThan(5);
});

describe.each(PROGRAMS)('%s', (command, file) => {
  test('--help prints the usage and runs nothing', SLOW, async () => {
    const { code, stdout, stderr } = await run(file, '--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n')[0]).toMatch(new RegExp(`^Usage: ${command}(?=$| )`));
    expect(stdout).toMatch(/\n {2}(?:-h, )?--help +show this\n/);
    // Every user of the machine can read command lines.
    expect(stdout).not.toMatch(PASSWORD_IN_URL);
  });

  test('an unknown flag is rejected with exit code 2, its name and the usage', SLOW, async () => {
    const { code, stdout, stderr } = await run(file, '--unheard-of');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.split('\n')[0]).toContain('--unheard-of');
    expect(stderr).toContain(`\nUsage: ${command}`);
  });
});

test('-h is --help', SLOW, async () => {
  const [short, long] = await Promise.all([run('local/main.ts', '-h'), run('local/main.ts', '--help')]);
  expect(short).toEqual(long);
});

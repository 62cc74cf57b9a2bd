import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { serverId } from '../../app/affinity/server-id.ts';
import { createAffinityCookie } from '../../app/affinity/set-cookie.ts';
import { chartOf } from '../../bench/chart.ts';
import type { Report, Table } from '../../bench/report.ts';
import { SUITES } from '../../bench/suites/all.ts';
import { documentOf } from '../../bench/table.ts';
import { generateBlocks } from '../../docs/generate/blocks.ts';
import { PAGES, updatePages } from '../../docs/generate/update-pages.ts';
import { alerts } from '../../testkit/monitoring/monitoring-files.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(join(PROJECT, path), 'utf8');
const pages = globSync('docs/*.md', { cwd: PROJECT }).sort();
const results = globSync('docs/results/**/*.md', { cwd: PROJECT }).sort();
const documents = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', ...pages, ...results];

const withoutCode = (markdown: string) => markdown.replace(/^ *```.*?^ *```$/gms, '');

/** Returns the anchors of a page's headings, as GitHub names them. */
function anchorsOf(path: string): string[] {
  const headings = [...withoutCode(read(path)).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading as string);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Returns the relative links of a page, including pictures. */
function linksOf(path: string): string[] {
  const text = withoutCode(read(path));
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g), ...text.matchAll(/\b(?:src|srcset|href)="([^"]+)"/g)];
  return links.map(([, link]) => link as string).filter((link) => !/^[a-z]+:/.test(link));
}

test('the README has at most 150 lines', () => {
  expect(read('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(150);
});

test('the README links every page of docs/, and the results of the newest date', () => {
  const newest = results.filter((path) => dirname(path) === 'docs/results').at(-1);
  expect(linksOf('README.md')).toEqual(expect.arrayContaining([...pages, newest]));
});

test.each(documents)('every relative link of %s leads to a file, and to a heading where it names one', (path) => {
  const broken = linksOf(path).filter((link) => {
    const [file, anchor] = link.split('#') as [string, string | undefined];
    const target = file === '' ? path : normalize(join(dirname(path), file));
    return !existsSync(join(PROJECT, target)) || (anchor !== undefined && !anchorsOf(target).includes(anchor));
  });
  expect(broken).toEqual([]);
});

test.each(documents)('every npm script that %s names exists', (path) => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = [...read(path).matchAll(/\bnpm run (?:--silent )?([a-z][\w:-]*)/g)].map(([, name]) => name as string);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});

test.each(documents)('every path of the project that %s names exists', (path) => {
  const inCode = [...withoutCode(read(path)).matchAll(/`([^`\n]+)`/g)].map(([, text]) => text as string);
  const named = inCode.filter((text) => /^\.?[a-z][\w.-]*\/[\w./-]*$/.test(text) && !/[A-Z]{4}/.test(text));
  const folders = new Set(readdirSync(PROJECT));
  const ofProject = named.filter((name) => folders.has(name.split('/')[0] as string));
  expect(ofProject.filter((name) => !existsSync(join(PROJECT, name)))).toEqual([]);
});

test('no document shows a password on a command line, which others on a machine can read', () => {
  expect(documents.length).toBeGreaterThan(20);
  const isShown = (line: string) => /--\S+[ =].*mysql:\/\/([^\s@]+:|\u2026)/.test(line);
  const shown = documents.flatMap((name) => read(name).split('\n').filter(isShown));
  expect(shown).toEqual([]);
});

test('a file that comments and messages of the code name exists', () => {
  const sources = globSync(
    [
      '*.{ts,yml,toml,sh}',
      '{app,bench,chaos,cli,dashboard,db,deploy,docs,drizzle,fuzz,local,monitoring,nginx,origin,testkit,tests,worker}/**/*.{ts,mjs,yml,sh,template,envsh}',
    ],
    { cwd: PROJECT },
  );
  const named = sources.flatMap((path) =>
    [...read(path).matchAll(/(?<![\w./-])docs\/[\w/.-]+?\.md\b/g)].map(([name]) => `${path}: ${name}`),
  );
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((line) => !existsSync(join(PROJECT, line.split(': ')[1] as string)))).toEqual([]);
});

describe('docs/ agrees with the code', () => {
  test('in every generated block', async () => {
    const stale = updatePages({ folder: PROJECT, pages: PAGES, contents: await generateBlocks(), mayWrite: false });
    expect(stale, 'repair: npm run generate:docs').toEqual([]);
  });

  test('about every alert, and no other, with the time that its condition must hold', () => {
    const rows = [...read('docs/monitoring.md').matchAll(/^\| `(Mooring\w+)` \| \w+ \| .+ \| (\d+ \w+) \| .+ \|$/gm)];
    expect(rows.map(([, name, time]) => [name, time])).toEqual(
      alerts.map((alert) => [alert.alert, alert.for.replace(/s$/, ' s').replace(/m$/, ' min')]),
    );
  });

  test.each([
    ['PROMETHEUS_IMAGE', 'GRAFANA_IMAGE', 'NGINX_EXPORTER_IMAGE'],
    ['PROMETHEUS_RETENTION_TIME', 'PROMETHEUS_RETENTION_SIZE'],
  ])('about the defaults of %s and its like', (...names) => {
    const compose = read('monitoring/compose.yml');
    const defaults = names.map((name) => `\`${compose.match(new RegExp(`\\$\\{${name}:-([^}]+)\\}`))?.[1]}\``);
    const row = `| ${names.map((name) => `\`${name}\``).join(', ')} | ${defaults.join(', ')} |`;
    expect(read('docs/configuration.md')).toContain(row);
  });

  test('about a server id', () => {
    expect(read('docs/affinity.md')).toContain(`\`127.0.0.1:5001\` is \`${serverId('127.0.0.1:5001')}\``);
    expect(read('README.md')).toContain(`srv_id=${serverId('127.0.0.1:5001')};`);
  });

  test('about the affinity cookie', () => {
    const [name, , ...attributes] = createAffinityCookie({ secure: false })('SID').split('; ');
    expect(read('docs/affinity.md')).toContain([name, 'expires=…', ...attributes].join('; '));
    expect(read('README.md')).toContain(['; expires=…', ...attributes].join('; '));
  });
});

describe('docs/results/', () => {
  const runs = globSync('docs/results/*/bench.json', { cwd: PROJECT }).sort();

  test.each(runs)('the document and the chart beside %s show what it says', (path) => {
    const report = JSON.parse(read(path)) as Report;
    expect(report.date).toBe(basename(dirname(path)));
    expect(read(join(dirname(path), 'bench.md'))).toBe(documentOf(report));
    expect(read(join(dirname(path), 'bench.svg'))).toBe(chartOf(report.tables[0] as Table));
  });

  test('the newest run of the bench has all suites', () => {
    const report = JSON.parse(read(runs.at(-1) as string)) as Report;
    expect(report.tables.map(({ suite }) => suite)).toEqual(SUITES.map(({ name }) => name));
  });
});

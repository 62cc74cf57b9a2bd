import { readFileSync } from 'node:fs';

/** The import rule of a folder in `biome.json`. */
interface ImportRule {
  /** Globs of the files that the rule applies to. */
  includes: string[];
  /** Globs of forbidden imports, as in `.gitignore`: the last one that matches decides, and `!` allows. */
  group: string[];
}

interface Override {
  includes: string[];
  linter: { rules: { style?: { noRestrictedImports: { options: { patterns: { group: string[] }[] } } } } };
}

/** Reads the import rules of `biome.json`. */
export function readImportRules(): ImportRule[] {
  const text = readFileSync(new URL('../../biome.json', import.meta.url), 'utf8');
  const { overrides } = JSON.parse(text) as { overrides: Override[] };
  return overrides.flatMap(({ includes, linter: { rules } }) =>
    rules.style
      ? [{ includes, group: rules.style.noRestrictedImports.options.patterns.flatMap(({ group }) => group) }]
      : [],
  );
}

/** Returns the rule of a file, undefined without one. In Biome the last override that matches a file wins. */
export function ruleOf(file: string, rules: readonly ImportRule[]): ImportRule | undefined {
  return rules.findLast(({ includes }) => lastMatch(file, includes));
}

/** Whether a rule lets a file import another one. Both paths start at the project's folder. */
export function allows({ group }: ImportRule, file: string, imported: string): boolean {
  return !lastMatch(importPath(file, imported), group);
}

/** Returns the path of an import as the importing file writes it. */
function importPath(file: string, imported: string): string {
  const from = file.split('/').slice(0, -1);
  const to = imported.split('/');
  let shared = 0;
  while (shared < from.length && from[shared] === to[shared]) shared++;
  const up = '../'.repeat(from.length - shared);
  return `${up || './'}${to.slice(shared).join('/')}`;
}

/** Whether the last glob that matches a path is one without `!`. */
function lastMatch(path: string, globs: readonly string[]): boolean {
  const last = globs.findLast((glob) => asPattern(glob.replace(/^!/, '')).test(path));
  return last !== undefined && !last.startsWith('!');
}

function asPattern(glob: string): RegExp {
  const source = glob
    .replaceAll('.', '\\.')
    .replaceAll(/\*+/g, (stars) => (stars === '**' ? '.*' : '[^/]*'))
    .replace(/^\.\*\//, '(.*/)?');
  return new RegExp(`^${source}$`);
}

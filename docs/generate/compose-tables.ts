import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { Setting } from '../../app/lib/settings.ts';
import { originSettings } from '../../origin/settings.ts';
import { markdownTable } from '../../testkit/prose/markdown-table.ts';
import { workerSettings } from '../../worker/config.ts';
import { limitSettings } from '../../worker/limit-settings.ts';
import { COMPOSE_VARIABLES } from './compose-variables.ts';
import { defaultOf, settingsTable } from './settings-table.ts';

const COMPOSE_FILES = [
  'docker-compose.yml',
  'docker-compose.tls.yml',
  'origin/compose.yml',
  'worker/compose.yml',
  'dashboard/compose.yml',
  'monitoring/compose.yml',
];
/** Compose's own variable, and variables of the MySQL image, which the stack rejects (docs/passwords.md). */
const NOT_SETTINGS = ['COMPOSE_PROJECT_NAME', 'MYSQL_ROOT_PASSWORD', 'MYSQL_PASSWORD', 'MYSQL_USER', 'MYSQL_DATABASE'];

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(join(PROJECT, path), 'utf8');
const compose = parse(read('docker-compose.yml')) as Record<string, string>;
const composeText = COMPOSE_FILES.map(read).join('\n');
const nginxText = globSync('nginx/entrypoint/parts/*.sh', { cwd: PROJECT }).map(read).join('\n');

/** Returns what a settings service of `docker-compose.yml` receives: each variable of the process and its value. */
export function composeValues(program: 'origin' | 'nginx' | 'edge'): Map<string, string> {
  const lines = (compose[`x-${program}-values`] as string).trim().split('\n');
  return new Map(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

/** Returns the name of the variable in `.env` that gives a value of `docker-compose.yml`. */
function variableOf(value: string): string {
  return value.match(/^\$\{(\w+)/)?.[1] as string;
}

/** Returns the names of the replicas' settings that `.env` may set. */
export function composeOriginVariables(): string {
  const names = [...composeValues('origin').keys()].filter((name) => name in originSettings);
  return `${names.map((name) => `\`${name}\``).join(', ')}.`;
}

/**
 * Returns a Markdown table of the limits that Nginx and the edge share.
 *
 * @throws {Error} when one of them has another default in Nginx's entrypoint than in the worker, or is in one of them only
 */
export function composeLimitsTable(): string {
  const names = Object.keys(limitSettings);
  const wrong = names.filter((name) => {
    const isGiven = composeValues('nginx').has(name) && composeValues('edge').has(name);
    return !isGiven || defaultOf(limitOf(name)) !== `\`${composeDefault(name)}\``;
  });
  if (wrong.length > 0) throw new Error(`Nginx and the edge must have ${wrong.join(', ')}, with the same default`);
  return settingsTable(limitSettings);
}

function limitOf(name: string): Setting<unknown> {
  return limitSettings[name as keyof typeof limitSettings];
}

/** Returns a Markdown table of the edge's variables in `.env`, the worker's variable that each sets, and the default. */
export function composeEdgeTable(): string {
  const rows = [...composeValues('edge')]
    .filter(([, value]) => variableOf(value).startsWith('EDGE_'))
    .map(([name, value]) => {
      const byDefault = value.match(/:-(.+)\}$/)?.[1];
      const setting = workerSettings[name as keyof typeof workerSettings];
      const target = setting ? `\`${name}\`` : "what follows each peer's URL in `ORIGINS`";
      return [`\`${variableOf(value)}\``, target, byDefault ? `\`${byDefault}\`` : defaultOf(setting)];
    });
  return markdownTable(['Variable', 'What it sets in the worker', 'Default'], rows);
}

/**
 * Returns a Markdown table of all other variables that `.env` may set, with the defaults of the compose files and of Nginx's
 * entrypoint.
 *
 * @throws {Error} when a variable of the compose files is in no row, or a row names a variable that is in no compose file
 */
export function composeTable(): string {
  const documented = COMPOSE_VARIABLES.flatMap(({ names }) => names);
  const elsewhere = [...composeValues('origin').values(), ...composeValues('edge').values()].map(variableOf);
  const known = [...documented, ...elsewhere, ...NOT_SETTINGS];
  // Old names are rejected: `${OLD:+: OLD is now NEW}`.
  const used = new Set(
    [...composeText.matchAll(/(?<!\$)\$\{([A-Z][A-Z0-9_]*)\b(?!:\+: \1 is now)/g)].map(([, name]) => name as string),
  );
  const missing = [...used].filter((name) => !known.includes(name));
  const unknown = documented.filter((name) => !used.has(name));
  if (missing.length > 0) throw new Error(`compose-variables.ts: no row for ${missing.join(', ')}`);
  if (unknown.length > 0) throw new Error(`compose-variables.ts: no compose file uses ${unknown.join(', ')}`);
  const rows = COMPOSE_VARIABLES.map(({ names, defaults, about }) => {
    const values = names.map((name) => composeDefault(name) ?? 'none');
    const shown = defaults ?? values.map((value) => (value === 'none' ? value : `\`${value}\``)).join(', ');
    return [names.map((name) => `\`${name}\``).join(', '), shown, about];
  });
  return markdownTable(['Variable', 'Default', 'What it does'], rows);
}

function composeDefault(name: string): string | undefined {
  const inCompose = composeText.match(new RegExp(`\\$\\{${name}:-([^}]+)\\}`))?.[1];
  return inCompose ?? nginxText.match(new RegExp(`^read_\\w+ ${name} ([\\w.:]+)`, 'm'))?.[1];
}

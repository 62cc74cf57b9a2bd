import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { CONNECTIONS } from '../../origin/database/mysql-pool.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const page = read('docs/database-connections.md');
const { 'x-db-values': values } = parse(read('docker-compose.yml')) as { 'x-db-values': string };

const maxConnections = Number(values.match(/\$\{DB_MAX_CONNECTIONS:-(\d+)\}/)?.[1]);
const maxReplicas = Number(read('deploy/stack.sh').match(/^MAX_REPLICAS=(\d+)$/m)?.[1]);
// Read the file as text: only the edge's own runtime can import it.
const edgeConnections = Number(
  read('worker/database/server-connections.ts').match(/^const MAX_CONNECTIONS = (\d+);$/m)?.[1],
);
const inTable = (row: RegExp) => Number(page.match(row)?.[1]);

describe('the connections that MySQL accepts', () => {
  test('suffice for the maximum of scale.sh, doubled by an update, and for the edge, with a reserve', () => {
    const needed = 2 * maxReplicas * CONNECTIONS + 2 * edgeConnections;
    expect(maxConnections - needed).toBeGreaterThanOrEqual(50);
  });

  test('are as many as the documented sum says', () => {
    expect(inTable(/^\| 50 replicas.*, 4 each \| (\d+) \|$/m)).toBe(maxReplicas * CONNECTIONS);
    expect(inTable(/^\| as many new ones .* \| (\d+) \|$/m)).toBe(maxReplicas * CONNECTIONS);
    expect(inTable(/^\| the edge, while .* \| (\d+) \|$/m)).toBe(edgeConnections);
    const rows = [...page.matchAll(/^\| [^*|]+ \| (\d+) \|$/gm)].map(([, number]) => Number(number));
    expect(rows.reduce((sum, number) => sum + number, 0)).toBe(maxConnections);
    expect(inTable(/^\| \*\*`DB_MAX_CONNECTIONS`\*\* \| \*\*(\d+)\*\* \|$/m)).toBe(maxConnections);
  });
});

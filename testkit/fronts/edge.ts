import { onTestFinished } from 'vitest';
import { parseMysqlUrl } from '../../cli/mysql-url.ts';
import { startEdge } from '../../worker/host/edge.ts';
import type { EdgeOptions } from '../../worker/host/options.ts';
import { TEST_APP_FOLDER } from '../app/folder.ts';
import { type Answer, type RequestOptions, send } from '../http/send.ts';
import { freePortRange } from '../network/free-ports.ts';

export interface TestEdgeOptions {
  /** The replicas, in the format of `ORIGINS`. */
  origins?: readonly string[];
  vars?: Record<string, string>;
  /** URL of the MySQL in its binding. */
  databaseUrl?: string;
  appFolder?: string;
  peers?: EdgeOptions['peers'];
}

/** The edge worker, started for the current test. */
export interface TestEdge {
  url: string;
  logs: string[];
  /** Sends a request that asks for JSON, unless the headers say otherwise. */
  ask(options?: RequestOptions): Promise<Answer>;
}

export async function startTestEdge(options: TestEdgeOptions): Promise<TestEdge> {
  const { origins = [], vars, databaseUrl, appFolder = TEST_APP_FOLDER, peers } = options;
  const logs: string[] = [];
  const edge = await startEdge({
    appFolder,
    port: await freePortRange(1),
    vars: { ORIGINS: origins.join('\n'), ...vars },
    database: databaseUrl === undefined ? undefined : parseMysqlUrl(databaseUrl),
    peers,
    onLog: (line) => logs.push(line),
  });
  onTestFinished(edge.close);
  return {
    url: edge.url,
    logs,
    ask: ({ headers, ...rest } = {}) =>
      send(edge.url, { ...rest, headers: { Accept: 'application/json', ...headers } }),
  };
}

export function jsonOf({ body }: Answer): Record<string, unknown> {
  return JSON.parse(body.toString()) as Record<string, unknown>;
}

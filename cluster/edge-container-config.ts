import { z } from 'zod';
import { readSettings, SettingsError, setting, wholeNumber } from '../origin/settings.ts';

import { type EdgeDatabase, readEdgeDatabase } from './edge-database.ts';

/** Everything the edge's container is told by its environment. */
export interface EdgeContainerConfig {
  port: number;
  replicas: { host: string; port: number; parameters: string };
  database: EdgeDatabase | undefined;
  /** The worker's own variables. */
  vars: Record<string, string>;
}

const settings = {
  PORT: setting({
    about: 'Port the edge listens on.',
    expected: 'a port from 1 to 65535',
    example: '8787',
    default: 8787,
    schema: wholeNumber(1, 65535),
  }),
  ORIGIN_HOST: setting({
    about: 'The host name that all replicas share.',
    expected: 'a host name',
    example: 'replica',
    default: 'replica',
    schema: z.string().regex(/^[\w.-]+$/),
  }),
  ORIGIN_PORT: setting({
    about: 'Port the replicas listen on.',
    expected: 'a port from 1 to 65535',
    example: '5000',
    default: 5000,
    schema: wholeNumber(1, 65535),
  }),
  ORIGIN_PARAMETERS: setting({
    about: 'What is said of each replica, in the words of `ORIGINS`.',
    expected: 'parameters of a peer, all in one line',
    example: 'max_fails=2 fail_timeout=5s',
    // A database that is away, which all replicas answer with 503, must not leave the edge without a peer when it is back.
    default: 'max_fails=0',
    schema: z.string().regex(/^[\w.= -]+$/),
  }),
};

/** The worker's variables that are handed on as they are; the worker itself refuses a wrong one. */
const WORKER_VARIABLES = [
  'AFFINITY_COOKIE_SECURE',
  'UPSTREAM_CONNECT_TIMEOUT_MS',
  'UPSTREAM_READ_TIMEOUT_MS',
  'CLIENT_IP',
];

/**
 * Parses the environment of the edge's container.
 *
 * @throws {SettingsError} naming the settings that are wrong
 */
export function parseEdgeContainerConfig(env: Record<string, string | undefined>): EdgeContainerConfig {
  const problems: string[] = [];
  const { PORT, ORIGIN_HOST, ORIGIN_PORT, ORIGIN_PARAMETERS } = readSettings(settings, env, problems);
  if (problems.length > 0) throw new SettingsError(problems);
  const given = WORKER_VARIABLES.filter((name) => env[name]).map((name) => [name, env[name] as string]);
  return {
    port: PORT,
    replicas: { host: ORIGIN_HOST, port: ORIGIN_PORT, parameters: ORIGIN_PARAMETERS },
    database: readEdgeDatabase(env),
    vars: { CLIENT_IP: 'connection', ...Object.fromEntries(given) },
  };
}

import { z } from 'zod';
import { readSettings, SettingsError, setting, wholeNumber } from '../../app/lib/settings.ts';
import { InvalidPeerError, parsePeers } from '../upstream/parse-peers.ts';
import { type EdgeDatabase, readEdgeDatabase } from './database.ts';
import { workerVariables } from './worker-variables.ts';

export interface EdgeConfig {
  port: number;
  database: EdgeDatabase | undefined;
  vars: Record<string, string>;
}

export interface EdgeContainerConfig extends EdgeConfig {
  replicas: { host: string; port: number; parameters: string };
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
    // With `max_fails` above 0, an outage of the database, which all replicas answer with 503, would leave the edge
    // without a peer when the database is back.
    default: 'max_fails=0',
    schema: z
      .string()
      .regex(/^[\w.= -]+$/)
      .refine(arePeerParameters),
  }),
};

function arePeerParameters(text: string): boolean {
  try {
    return parsePeers(`http://replica ${text}`).length === 1;
  } catch (error) {
    if (error instanceof InvalidPeerError) return false;
    throw error;
  }
}

/**
 * Puts the prefix in `SETTINGS_PREFIX`, if there is one, before the names of settings in an error message. The `.env` of the
 * stack holds the settings of all its programs, so the edge's own have this prefix there. Settings that edge and replicas
 * share have none.
 */
export function withSettingsPrefix(message: string, env: Record<string, string | undefined>): string {
  const prefix = env.SETTINGS_PREFIX;
  if (!prefix) return message;
  return message.replace(/(?<=^ {2}|; for example )(?!DASHBOARD)(?:UPSTREAM_)?(?=[A-Z_]+[:=])/gm, prefix);
}

/**
 * Parses the environment of the edge that `npm start` runs.
 *
 * @throws {SettingsError} naming the invalid settings
 */
export function parseEdgeConfig(env: Record<string, string | undefined>): EdgeConfig {
  const problems: string[] = [];
  const { PORT } = readSettings({ PORT: settings.PORT }, env, problems);
  if (problems.length > 0) throw new SettingsError(problems);
  return { port: PORT, database: readEdgeDatabase(env), vars: workerVariables(env) };
}

/**
 * Parses the environment of the edge's container.
 *
 * @throws {SettingsError} naming the invalid settings
 */
export function parseEdgeContainerConfig(env: Record<string, string | undefined>): EdgeContainerConfig {
  const problems: string[] = [];
  const { ORIGIN_HOST, ORIGIN_PORT, ORIGIN_PARAMETERS } = readSettings(settings, env, problems);
  if (problems.length > 0) throw new SettingsError(problems);
  return {
    ...parseEdgeConfig(env),
    replicas: { host: ORIGIN_HOST, port: ORIGIN_PORT, parameters: ORIGIN_PARAMETERS },
  };
}

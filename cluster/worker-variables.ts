import { workerSettings } from '../worker/config.ts';

/** The worker's variables among those of an environment; a wrong one is the worker's to refuse. */
export function workerVariables(env: Record<string, string | undefined>): Record<string, string> {
  const given = Object.keys(workerSettings).filter((name) => env[name]);
  return Object.fromEntries(given.map((name) => [name, env[name] as string]));
}

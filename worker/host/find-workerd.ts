import { createRequire } from 'node:module';

/** The runtime's program for this machine. */
export function findWorkerd(): string {
  const { default: path } = createRequire(import.meta.url)('workerd') as { default: string };
  return path;
}

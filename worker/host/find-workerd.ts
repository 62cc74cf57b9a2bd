import { createRequire } from 'node:module';

/** Returns the path of workerd's executable for this machine. */
export function findWorkerd(): string {
  const { default: path } = createRequire(import.meta.url)('workerd') as { default: string };
  return path;
}

import { fileURLToPath } from 'node:url';
import type { DatabaseConfig } from '../../cli/database-config.ts';

/**
 * The table that records the applied migrations. All apps in a database share Drizzle's default name; an app's older
 * migrations are then silently skipped. Installations from before this name have their record under Drizzle's default. Every
 * migration can be applied twice, so these installations start with an empty record here.
 */
export const MIGRATIONS_TABLE = '__mooring_migrations';

/** How long a replica waits while another one migrates, in seconds. */
export const MIGRATION_LOCK_TIMEOUT_SECONDS = 60;

export function migrationsFolder(kind: DatabaseConfig['kind']): string {
  return fileURLToPath(new URL(`../../drizzle/${kind}`, import.meta.url));
}

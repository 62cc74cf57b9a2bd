import { fileURLToPath } from 'node:url';
import type { DatabaseConfig } from '../../cli/database-config.ts';

/**
 * Where the migrations that were applied are recorded. Drizzle's own name for it is shared by all apps in a database, and the
 * older migrations of one of them are then skipped without a word. Installations from before this name have their record under
 * Drizzle's: every migration can be applied twice, so they start an empty record here.
 */
export const MIGRATIONS_TABLE = '__mooring_migrations';

/** How long a replica waits while another one migrates, in seconds. */
export const MIGRATION_LOCK_TIMEOUT_SECONDS = 60;

/** Where the generated migrations of a kind of database are. */
export function migrationsFolder(kind: DatabaseConfig['kind']): string {
  return fileURLToPath(new URL(`../../drizzle/${kind}`, import.meta.url));
}

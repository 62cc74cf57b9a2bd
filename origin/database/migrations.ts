import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MigrationConfig } from 'drizzle-orm/migrator';
import type { DatabaseConfig } from '../../cli/database-config.ts';
import type { AppSchema } from './database.ts';

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

/** The table that records the applied migrations of an app's own tables. */
export const APP_MIGRATIONS_TABLE = '__app_migrations';

/** Returns the migrations to apply, in order: Mooring's, then the app's. */
export function migrationSteps(kind: DatabaseConfig['kind'], app: AppSchema): MigrationConfig[] {
  const own = { migrationsFolder: migrationsFolder(kind), migrationsTable: MIGRATIONS_TABLE };
  const ofApp = app.migrations === undefined ? undefined : join(app.migrations, kind);
  if (ofApp === undefined || !existsSync(ofApp)) return [own];
  return [own, { migrationsFolder: ofApp, migrationsTable: APP_MIGRATIONS_TABLE }];
}

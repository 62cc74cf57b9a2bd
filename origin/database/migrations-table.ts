/**
 * Where the migrations that were applied are recorded. Drizzle's own name for it is shared by all apps in a database, and the
 * older migrations of one of them are then skipped without a word. Installations from before this name have their record under
 * Drizzle's: every migration can be applied twice, so they start an empty record here.
 */
export const MIGRATIONS_TABLE = '__mooring_migrations';

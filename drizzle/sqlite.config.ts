import { defineConfig } from 'drizzle-kit';

/** The configuration for SQLite and D1. `drizzle.config.ts` runs the same command with it after the one for MySQL's files. */
export default defineConfig({
  dialect: 'sqlite',
  schema: './drizzle/sqlite-schema.ts',
  out: './drizzle/sqlite',
});

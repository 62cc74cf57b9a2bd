import { defineConfig } from 'drizzle-kit';

/** SQLite's and D1's half of `drizzle-kit generate`, which `drizzle.config.ts` runs beside MySQL's. */
export default defineConfig({
  dialect: 'sqlite',
  schema: './drizzle/sqlite-schema.ts',
  out: './drizzle/sqlite',
});

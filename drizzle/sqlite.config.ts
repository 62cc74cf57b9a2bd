import { defineConfig } from 'drizzle-kit';

/** The embedded database and D1 share these migrations; the origin and wrangler apply them, so no credentials here. */
export default defineConfig({
  dialect: 'sqlite',
  schema: './drizzle/sqlite-schema.ts',
  out: './drizzle/sqlite',
});

import { defineConfig } from 'drizzle-kit';

/** `npx drizzle-kit migrate` brings the MySQL at `DATABASE_URL` up to date. */
export default defineConfig({
  dialect: 'mysql',
  schema: './drizzle/mysql-schema.ts',
  out: './drizzle/mysql',
  dbCredentials: { url: process.env.DATABASE_URL ?? '' },
});

import { defineConfig } from 'drizzle-kit';
import { migrateDatabase, readKitDatabase, repeatForSqlite } from './origin/node/drizzle-kit.ts';

const { argv, env } = process;
const command = argv[2] ?? '';

/** Commands that work on a database use the replicas' own, found by the replicas' own settings. */
const CONNECTING = ['migrate', 'studio', 'push', 'pull', 'introspect'];
/** Commands that work on files have two kinds of database to look after. */
const FOR_BOTH = ['generate', 'check', 'up'];

if (command === 'migrate') migrateDatabase(env);
if (FOR_BOTH.includes(command)) repeatForSqlite(env);

export default defineConfig(readKitDatabase(env, CONNECTING.includes(command)));

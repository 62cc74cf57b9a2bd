import { defineConfig } from 'drizzle-kit';
import { createMissingFile, migrateDatabase, readKitDatabase, repeatForSqlite } from './origin/database/drizzle-kit.ts';

const { argv, env } = process;
const command = argv[2] ?? '';

/** Commands that connect to a database: they use the replicas' database, found through the replicas' settings. */
const CONNECTING = ['migrate', 'studio', 'push', 'pull', 'introspect'];
/** Commands that work on files, which exist for both kinds of database. */
const FOR_BOTH = ['generate', 'check', 'up'];

const isConnecting = CONNECTING.includes(command);

if (command === 'migrate') migrateDatabase(env);
else if (isConnecting) createMissingFile(env);
if (FOR_BOTH.includes(command)) repeatForSqlite(env);

export default defineConfig(readKitDatabase(env, isConnecting));

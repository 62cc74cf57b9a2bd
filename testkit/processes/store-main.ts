import { readDatabaseConfig } from '../../cli/database-config.ts';
import { openDatabase } from '../../origin/database/open.ts';
import { createLogger } from '../../origin/log/logger.ts';
import type { StoreCall, StoreReply } from './store.ts';

// Runs one store as a process: receives calls as messages and sends back their results.
const config = readDatabaseConfig({ DATABASE_URL: process.argv[2] });
const { store } = await openDatabase(config, createLogger('silent'), { migrate: false });

process.on('message', async ({ id, method, args }: StoreCall) => {
  const reply = await run(method, args).then(
    (result) => ({ id, result }),
    (error: unknown) => ({ id, error: `${error}` }),
  );
  process.send?.(reply satisfies StoreReply);
});

function run(method: StoreCall['method'], args: unknown[]): Promise<unknown> {
  return (store[method] as (...args: unknown[]) => Promise<unknown>)(...args);
}

import { UserError } from '../../app/lib/user-error.ts';
import { readDatabaseConfig } from '../../cli/database-config.ts';
import { runMain } from '../../cli/run-main.ts';
import { createLogger } from '../log/logger.ts';
import { openMysqlPool } from './mysql-pool.ts';

// Prints the host that accepts writes, as JSON. Drizzle Kit's configuration runs this, because it must not wait for anything
// itself.
await runMain({
  name: 'mooring database',
  usage: 'usage: node origin/database/writable-host-main.ts\n',
  async main() {
    const config = readDatabaseConfig(process.env);
    if (config.kind !== 'mysql') return;
    const { findHost } = openMysqlPool(config.connection, createLogger('silent'));
    const host = await findHost().catch((error: Error) => {
      throw new UserError(error.message, { cause: error });
    });
    process.stdout.write(JSON.stringify(host));
  },
});

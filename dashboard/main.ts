import { runMain } from '../cli/run-main.ts';
import { onStopSignals } from '../cli/stop-signals.ts';
import { createLogger } from '../origin/log/logger.ts';
import { commandLine } from './command-line.ts';
import { parseDashboardServiceConfig } from './config.ts';
import { createDashboardService } from './server.ts';

async function main(args: string[]): Promise<void> {
  commandLine.parse(args);
  const config = parseDashboardServiceConfig(process.env);
  const log = createLogger('info');
  const service = createDashboardService(config, log);
  onStopSignals({
    async stop(reason) {
      log.info({ reason }, 'stopping');
      await service.close();
      process.exit(0);
    },
  });
  await service.listen();
  log.info({ host: config.host, port: config.port }, 'listening');
  // A parent process with an IPC channel waits for this message.
  process.send?.('listening');
}

await runMain({ name: 'mooring dashboard', usage: commandLine.usage, main });

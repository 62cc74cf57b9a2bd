import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { UserError } from '../../app/lib/user-error.ts';
import { surviveBrokenPipes } from '../../cli/broken-pipe.ts';
import type { EdgeBundle } from './bundle.ts';
import { parseEdgeContainerConfig } from './config.ts';
import { createDashboardSender } from './dashboard-sender.ts';
import { discoverReplicas } from './dns-discovery.ts';
import { endWithEdge } from './lifetime.ts';
import { serveMetrics } from './metrics-server.ts';
import { runEdge } from './workerd.ts';

// Runs the edge in its container. The files written by `build.ts` are beside this one; the settings are in the
// environment.
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

surviveBrokenPipes();

try {
  const bundle = JSON.parse(await readFile(here('bundle.json'), 'utf8')) as EdgeBundle;
  const { port, replicas, database, vars, dashboardService, metricsPort } = parseEdgeContainerConfig(
    process.env,
    bundle.appSettingNames,
  );
  if (process.argv[2] === '--check') process.exit(0);
  const sendToDashboard = dashboardService && createDashboardSender(dashboardService);
  const edge = await runEdge({
    workerd: here('workerd'),
    bundle,
    host: '0.0.0.0',
    port,
    vars,
    database,
    peers: discoverReplicas(replicas),
    hasFigures: metricsPort !== undefined,
    onLog(line) {
      console.log(line);
      sendToDashboard?.(line);
    },
  });
  if (metricsPort !== undefined) await serveMetrics(edge, metricsPort);
  endWithEdge(edge);
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(`mooring edge: ${error.message}`);
  process.exit(2);
}

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { surviveBrokenPipes } from '../origin/node/broken-pipe.ts';
import { SettingsError } from '../origin/settings.ts';
import { parseWorkerConfig } from '../worker/config.ts';
import type { EdgeBundle } from './edge-bundle.ts';
import { parseEdgeContainerConfig, withSettingsPrefix } from './edge-container-config.ts';
import { discoverReplicas } from './edge-discovery.ts';
import { endWithEdge } from './edge-lifetime.ts';
import { runEdge } from './edge-process.ts';
import { EdgeStartError } from './edge-start-error.ts';

// The edge in its container: what `edge-build.ts` made lies beside it, the rest is in the environment.
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

surviveBrokenPipes();

try {
  const { port, replicas, database, vars } = parseEdgeContainerConfig(process.env);
  if (process.argv[2] === '--check') {
    // The worker's own variables, too, which it would check when it starts.
    parseWorkerConfig(vars);
    process.exit(0);
  }
  const edge = await runEdge({
    workerd: here('workerd'),
    bundle: JSON.parse(await readFile(here('bundle.json'), 'utf8')) as EdgeBundle,
    host: '0.0.0.0',
    port,
    vars,
    database,
    peers: discoverReplicas(replicas),
    onLog: (line) => console.log(line),
  });
  endWithEdge(edge);
} catch (error) {
  if (!(error instanceof EdgeStartError || error instanceof SettingsError)) throw error;
  const { SETTINGS_PREFIX: prefix } = process.env;
  console.error(`mooring edge: ${prefix ? withSettingsPrefix(error.message, prefix) : error.message}`);
  process.exit(2);
}

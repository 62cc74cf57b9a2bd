import { USAGE as BENCH_USAGE } from '../../bench/options.ts';
import { CHECKS } from '../../chaos/checkers/all.ts';
import { USAGE as CHAOS_USAGE } from '../../chaos/options.ts';
import { databaseSettings } from '../../cli/database-config.ts';
import { USAGE as FUZZ_USAGE } from '../../fuzz/options.ts';
import { USAGE as START_USAGE } from '../../local/options.ts';
import { commandLine as originCommandLine } from '../../origin/command-line.ts';
import { originSettings } from '../../origin/settings.ts';
import { markdownTable } from '../../testkit/prose/markdown-table.ts';
import { workerSettings } from '../../worker/config.ts';
import { alertsTable } from './alerts-table.ts';
import { benchResults, benchSummary } from './bench-results.ts';
import { composeEdgeTable, composeLimitsTable, composeOriginVariables, composeTable } from './compose-tables.ts';
import { foldersTable } from './folders-table.ts';
import { edgeMetricsTable, metricsTable } from './metrics-table.ts';
import { scriptUsage } from './script-usage.ts';
import { settingsTable } from './settings-table.ts';

/** What stands between `<!-- generated: NAME -->` and `<!-- end -->` in the pages, by name. */
const BLOCKS: Record<string, () => string | Promise<string>> = {
  folders: foldersTable,
  'start-usage': () => asText(START_USAGE),
  'origin-usage': () => asText(originCommandLine.usage.split('\n\nSettings')[0] as string),
  'scale-usage': () => asText(scriptUsage('scale.sh')),
  'update-usage': () => asText(scriptUsage('update.sh')),
  'push-images-usage': () => asText(scriptUsage('deploy/push-images.sh')),
  'swarm-deploy-usage': () => asText(scriptUsage('deploy/swarm/deploy.sh')),
  'swarm-group-usage': () => asText(scriptUsage('deploy/swarm/group.sh')),
  'chaos-usage': () => asText(CHAOS_USAGE),
  'fuzz-usage': () => asText(FUZZ_USAGE),
  'bench-usage': () => asText(BENCH_USAGE),
  'origin-settings': () => settingsTable(originSettings),
  'database-settings': () => settingsTable(databaseSettings),
  'worker-settings': () => settingsTable(workerSettings),
  'compose-variables': composeTable,
  'compose-origin-variables': composeOriginVariables,
  'compose-limits': composeLimitsTable,
  'compose-edge-variables': composeEdgeTable,
  'chaos-checks': checksTable,
  alerts: alertsTable,
  metrics: metricsTable,
  'edge-metrics': edgeMetricsTable,
  'bench-results': benchResults,
  'bench-summary': benchSummary,
};

/** Returns the current content of every block, by name. */
export async function generateBlocks(): Promise<Map<string, string>> {
  const contents = new Map<string, string>();
  for (const [name, generate] of Object.entries(BLOCKS)) contents.set(name, await generate());
  return contents;
}

function asText(usage: string): string {
  return `\`\`\`text\n${usage.trim()}\n\`\`\``;
}

function checksTable(): string {
  const rows = CHECKS.map(({ name, promise }) => [name, promise]);
  return markdownTable(['Check', 'What holds'], rows);
}

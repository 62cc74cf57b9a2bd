import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { Log, LogLevel, Miniflare } from 'miniflare';
import { unstable_readConfig as readWranglerConfig } from 'wrangler';

const WRANGLER_CONFIG = fileURLToPath(new URL('../wrangler.toml', import.meta.url));

export interface EdgeOptions {
  host?: string;
  port: number;
  /** The worker's variables. */
  vars: Record<string, string>;
  /** Takes what the worker writes to its console. */
  onLog?: (line: string) => void;
}

/** The edge worker in its real runtime on this machine. */
export interface Edge {
  url: string;
  close(): Promise<void>;
}

/**
 * Starts the worker of `wrangler.toml` in workerd. Clients reach it without Miniflare's own entry in between, which would
 * compress answers, take over some paths, and answer a request for which it finds a header of its own.
 *
 * @throws when the port is taken or the worker refuses its variables
 */
export async function startEdge({ host = '127.0.0.1', port, vars, onLog = () => {} }: EdgeOptions): Promise<Edge> {
  const config = readWranglerConfig({ config: WRANGLER_CONFIG }, { hideWarnings: true });
  const script = await bundle(config.main as string);
  const miniflare = new Miniflare({
    log: new Log(LogLevel.NONE),
    telemetry: { enabled: false },
    cf: false,
    handleStructuredLogs: ({ message }) => onLog(message),
    workers: [
      {
        config: {
          name: 'edge',
          compatibilityDate: config.compatibility_date as string,
          compatibilityFlags: config.compatibility_flags,
          manifest: { mainModule: 'worker.js', modules: { 'worker.js': { type: 'esm', contents: script } } },
          env: Object.fromEntries(Object.entries(vars).map(([name, value]) => [name, { type: 'text', value }])),
        },
        dev: { unsafeDirectSockets: [{ host, port }], stripCfConnectingIp: false },
      },
    ],
  });
  await miniflare.ready;
  return { url: `http://${host}:${port}`, close: () => miniflare.dispose() };
}

/** Bundles as wrangler does for this worker: one ES module, the packages' code for workers. */
async function bundle(entry: string): Promise<string> {
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:*', 'node:*'],
  });
  return (result.outputFiles[0] as { text: string }).text;
}

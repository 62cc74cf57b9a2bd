import { Log, LogLevel, Miniflare, MiniflareCoreError, Response } from 'miniflare';
import { mysqlUrl } from '../origin/node/database-url.ts';
import { bundleEdge } from './edge-bundle.ts';
import type { Edge, EdgeOptions } from './edge-options.ts';
import { EdgeStartError } from './edge-start-error.ts';

/**
 * Starts the worker of `wrangler.toml` in Miniflare. Clients reach it without Miniflare's own entry in between, which would
 * compress answers, take over some paths, and answer a request for which it finds a header of its own.
 *
 * @throws {EdgeStartError} when the port is taken or the worker refuses its variables
 */
export async function startEdge(options: EdgeOptions): Promise<Edge> {
  const { host = '127.0.0.1', port, vars, database, peers, onLog = () => {} } = options;
  const { script, compatibilityDate, compatibilityFlags } = await bundleEdge();
  const miniflare = new Miniflare({
    log: new Log(LogLevel.NONE),
    telemetry: { enabled: false },
    cf: false,
    handleStructuredLogs: ({ message }) => onLog(message),
    workers: [
      {
        config: {
          name: 'edge',
          compatibilityDate,
          compatibilityFlags,
          manifest: { mainModule: 'worker.js', modules: { 'worker.js': { type: 'esm', contents: script } } },
          env: {
            ...Object.fromEntries(Object.entries(vars).map(([name, value]) => [name, { type: 'text', value }])),
            ...(database && {
              HYPERDRIVE: { type: 'hyperdrive', id: 'mysql', dev: { connectionString: mysqlUrl(database) } },
            }),
            ...(peers && { PEERS: { type: 'fetcher', handler: () => answerPeers(peers) } }),
          },
        },
        dev: { unsafeDirectSockets: [{ host, port }], stripCfConnectingIp: false },
      },
    ],
  });
  try {
    await miniflare.ready;
  } catch (error) {
    if (!(error instanceof MiniflareCoreError)) throw error;
    throw new EdgeStartError(lastWords(error.message), { cause: error });
  }
  return { url: `http://${host}:${port}`, close: () => miniflare.dispose() };
}

async function answerPeers(peers: () => Promise<string>): Promise<Response> {
  try {
    return new Response(await peers());
  } catch (error) {
    return new Response(`${error}`, { status: 503 });
  }
}

/** What the runtime said, without the JSON it says it in and without the stack. */
function lastWords(message: string): string {
  const said = message.match(/"message":("(?:[^"\\]|\\.)*")/)?.[1];
  return said ? ((JSON.parse(said) as string).split('\n')[0] as string) : message;
}

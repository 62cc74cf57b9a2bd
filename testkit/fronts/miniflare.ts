import { Log, LogLevel, Miniflare } from 'miniflare';
import { bundleEdge } from '../../worker/host/bundle.ts';
import { TEST_APP_FOLDER } from '../app/folder.ts';
import type { FrontSettings, LoggedFront } from './front.ts';
import { frontVars } from './worker.ts';

/** Starts the edge worker in Miniflare, which is what `wrangler dev` runs it in. */
export async function startMiniflareFront(options: FrontSettings): Promise<LoggedFront> {
  const logs: string[] = [];
  const { script, compatibilityDate, compatibilityFlags } = await bundleEdge(TEST_APP_FOLDER);
  const miniflare = new Miniflare({
    host: '127.0.0.1',
    log: new Log(LogLevel.NONE),
    handleStructuredLogs: ({ message }) => logs.push(message),
    workers: [
      {
        config: {
          name: 'edge',
          compatibilityDate,
          compatibilityFlags,
          manifest: { mainModule: 'worker.js', modules: { 'worker.js': { type: 'esm', contents: script } } },
          env: Object.fromEntries(
            Object.entries(frontVars(options)).map(([name, value]) => [name, { type: 'text', value }]),
          ),
        },
      },
    ],
  });
  const url = await miniflare.ready;
  return { url: url.origin, logs, close: () => miniflare.dispose() };
}

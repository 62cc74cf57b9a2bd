import { type Context, Hono } from 'hono';
import { etag } from 'hono/etag';
import type { AppEnv } from '../env.ts';
import { secureAsset } from '../http/security-headers.ts';
import { ASSET_TYPES, type AssetName, type AssetTexts } from '../pages/assets.ts';

export interface ServeAssetsOptions {
  texts: AssetTexts;
  version: string;
}

/** `private`: balancers add one client's affinity cookie, which a shared cache would hand to everyone. */
const FOR_GOOD = 'private, max-age=31536000, immutable';
const ASK_EACH_TIME = 'private, no-cache';

/**
 * Serves `/assets/<version>/<name>` and `/assets/<name>`. Other versions than the replica's own are served, too, but not
 * cached for good: during an update, a page from an old replica may load its assets from a new one.
 */
export function serveAssets({ texts, version }: ServeAssetsOptions): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  const headers = [secureAsset, etag()] as const;

  function answer(c: Context<AppEnv>, name: AssetName, isForGood: boolean): Response {
    c.header('Content-Type', ASSET_TYPES[name]);
    c.header('Cache-Control', isForGood ? FOR_GOOD : ASK_EACH_TIME);
    return c.body(texts[name]);
  }

  app.on('GET', ['/assets/:name', '/assets/:version/:name'], ...headers, (c) => {
    const name = c.req.param('name');
    if (!isAssetName(name)) return c.notFound();
    return answer(c, name, c.req.param('version') === version);
  });

  // Browsers request this when a page names no icon.
  app.get('/favicon.ico', ...headers, (c) => answer(c, 'mooring.svg', false));

  return app;
}

function isAssetName(name: string): name is AssetName {
  return Object.hasOwn(ASSET_TYPES, name);
}

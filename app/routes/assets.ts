import { type Context, Hono } from 'hono';
import { etag } from 'hono/etag';
import type { AppEnv } from '../env.ts';
import { secureAsset } from '../http/security-headers.ts';
import { ASSET_TYPES, type AssetName, type AssetTexts } from '../pages/assets.ts';

export interface ServeAssetsOptions {
  texts: AssetTexts;
  version: string;
}

/** `private`: balancers add the cookie of one client to what a shared cache would give to all. */
const FOR_GOOD = 'private, max-age=31536000, immutable';
const ASK_EACH_TIME = 'private, no-cache';

/**
 * Builds what answers `/assets/<version>/<name>`, and `/assets/<name>`. A version that is not this replica's own is
 * answered, too, but not to be kept: while replicas are replaced, a page of the old ones may ask a new one.
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

  // Where browsers look for an icon unless a page names one.
  app.get('/favicon.ico', ...headers, (c) => answer(c, 'mooring.svg', false));

  return app;
}

function isAssetName(name: string): name is AssetName {
  return Object.hasOwn(ASSET_TYPES, name);
}

import { Hono } from 'hono';
import { etag } from 'hono/etag';
import type { AppEnv } from './app.ts';
import { ASSET_TYPES, type AssetName, type AssetTexts } from './assets.ts';
import { securePage } from './pages/secure-page.ts';

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
  app.use(securePage, etag());

  app.get('/:version?/:name', (c) => {
    const name = c.req.param('name');
    if (!isAssetName(name)) return c.notFound();
    c.header('Content-Type', ASSET_TYPES[name]);
    c.header('Cache-Control', c.req.param('version') === version ? FOR_GOOD : ASK_EACH_TIME);
    return c.body(texts[name]);
  });

  return app;
}

function isAssetName(name: string): name is AssetName {
  return Object.hasOwn(ASSET_TYPES, name);
}

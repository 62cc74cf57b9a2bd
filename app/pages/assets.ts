import { createHash } from 'node:crypto';

const SCRIPT = 'text/javascript; charset=utf-8';
const STYLES = 'text/css; charset=utf-8';

/** Everything that pages load, and of which type it is. */
export const ASSET_TYPES = {
  'mooring.css': STYLES,
  'visit.css': STYLES,
  'dashboard.css': STYLES,
  'mooring.svg': 'image/svg+xml; charset=utf-8',
  'visit.js': SCRIPT,
  'countdown.js': SCRIPT,
  'visit-log.js': SCRIPT,
  'dashboard.js': SCRIPT,
  'live-stream.js': SCRIPT,
  'replica-news.js': SCRIPT,
  'verdict-chart.js': SCRIPT,
  'idiomorph.js': SCRIPT,
  'uplot.js': SCRIPT,
} as const satisfies Record<string, string>;

export type AssetName = keyof typeof ASSET_TYPES;

/** What each host provides: the Node host from files, the edge from its bundle. */
export type AssetTexts = Readonly<Record<AssetName, string>>;

/** Where a page finds an asset. */
export type AssetHref = (name: AssetName) => string;

/** Names the assets as they are: other ones have another version. */
export function assetsVersion(texts: AssetTexts): string {
  const names = Object.keys(ASSET_TYPES) as AssetName[];
  const all = JSON.stringify(names.map((name) => [name, ASSET_TYPES[name], texts[name]]));
  return createHash('md5').update(all).digest('hex').slice(0, 12);
}

/**
 * Builds the way to an asset. The version is a folder and no query, so that scripts that import each other by relative
 * paths stay with their own version.
 */
export function createAssetHref(version: string): AssetHref {
  return (name) => `/assets/${version}/${name}`;
}

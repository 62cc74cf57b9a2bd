import { hash } from 'node:crypto';

const SCRIPT = 'text/javascript; charset=utf-8';
const STYLES = 'text/css; charset=utf-8';

/** Every file that pages load, with its content type. */
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

/** The text of each asset: replicas read files, the edge has them in its bundle. */
export type AssetTexts = Readonly<Record<AssetName, string>>;

/** Returns the URL path of an asset. */
export type AssetHref = (name: AssetName) => string;

/** Returns a version that changes when any asset changes. */
export function assetsVersion(texts: AssetTexts): string {
  const names = Object.keys(ASSET_TYPES) as AssetName[];
  const all = JSON.stringify(names.map((name) => [name, ASSET_TYPES[name], texts[name]]));
  return hash('md5', all).slice(0, 12);
}

/**
 * Returns the function that maps an asset to its URL path. The version is a path segment, not a query, so that scripts that
 * import each other by relative paths get the same version.
 */
export function createAssetHref(version: string): AssetHref {
  return (name) => `/assets/${version}/${name}`;
}

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ASSET_TYPES, type AssetName, type AssetTexts } from '../app/pages/assets.ts';

const OF_PACKAGES: Partial<Record<AssetName, string>> = {
  'idiomorph.js': 'idiomorph/dist/idiomorph.min.js',
  'uplot.js': 'uplot/dist/uPlot.iife.min.js',
};

/** Reads the assets from the files of this app and of its packages. */
export function readAssets(): AssetTexts {
  const names = Object.keys(ASSET_TYPES) as AssetName[];
  return Object.fromEntries(names.map((name) => [name, readAsset(name)])) as AssetTexts;
}

function readAsset(name: AssetName): string {
  const url = import.meta.resolve(OF_PACKAGES[name] ?? `../app/browser/${name}`);
  return readFileSync(fileURLToPath(url), 'utf8');
}

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { AssetName, AssetTexts } from '../app/pages/assets.ts';

const read = (url: string) => readFileSync(fileURLToPath(url), 'utf8');
const own = (name: AssetName) => read(import.meta.resolve(`../app/browser/${name}`));
const ofPackage = (path: string) => read(import.meta.resolve(path));

/** Reads the assets from the files of this app and of its packages. */
export function readAssets(): AssetTexts {
  return {
    'mooring.css': own('mooring.css'),
    'visit.css': own('visit.css'),
    'dashboard.css': own('dashboard.css'),
    'mooring.svg': own('mooring.svg'),
    'visit.js': own('visit.js'),
    'countdown.js': own('countdown.js'),
    'visit-log.js': own('visit-log.js'),
    'dashboard.js': own('dashboard.js'),
    'live-stream.js': own('live-stream.js'),
    'replica-news.js': own('replica-news.js'),
    'verdict-chart.js': own('verdict-chart.js'),
    'idiomorph.js': ofPackage('idiomorph/dist/idiomorph.min.js'),
    'uplot.js': ofPackage('uplot/dist/uPlot.iife.min.js'),
  };
}

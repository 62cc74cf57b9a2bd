import idiomorph from 'idiomorph/dist/idiomorph.min.js?text';
import uplot from 'uplot/dist/uPlot.iife.min.js?text';
import type { AssetTexts } from '../origin/assets.ts';
import countdown from '../origin/browser/countdown.js?text';
import dashboardStyles from '../origin/browser/dashboard.css?text';
import dashboard from '../origin/browser/dashboard.js?text';
import liveStream from '../origin/browser/live-stream.js?text';
import styles from '../origin/browser/mooring.css?text';
import icon from '../origin/browser/mooring.svg?text';
import replicaNews from '../origin/browser/replica-news.js?text';
import verdictChart from '../origin/browser/verdict-chart.js?text';
import visitStyles from '../origin/browser/visit.css?text';
import visit from '../origin/browser/visit.js?text';
import visitLog from '../origin/browser/visit-log.js?text';

/** What pages load, as it was when the worker was bundled. */
export const assets: AssetTexts = {
  'mooring.css': styles,
  'visit.css': visitStyles,
  'dashboard.css': dashboardStyles,
  'mooring.svg': icon,
  'visit.js': visit,
  'countdown.js': countdown,
  'visit-log.js': visitLog,
  'dashboard.js': dashboard,
  'live-stream.js': liveStream,
  'replica-news.js': replicaNews,
  'verdict-chart.js': verdictChart,
  'idiomorph.js': idiomorph,
  'uplot.js': uplot,
};

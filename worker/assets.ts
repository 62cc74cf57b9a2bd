import idiomorph from 'idiomorph/dist/idiomorph.min.js?text';
import uplot from 'uplot/dist/uPlot.iife.min.js?text';
import countdown from '../app/browser/countdown.js?text';
import dashboardStyles from '../app/browser/dashboard.css?text';
import dashboard from '../app/browser/dashboard.js?text';
import liveStream from '../app/browser/live-stream.js?text';
import styles from '../app/browser/mooring.css?text';
import icon from '../app/browser/mooring.svg?text';
import replicaNews from '../app/browser/replica-news.js?text';
import verdictChart from '../app/browser/verdict-chart.js?text';
import visitStyles from '../app/browser/visit.css?text';
import visit from '../app/browser/visit.js?text';
import visitLog from '../app/browser/visit-log.js?text';
import type { AssetTexts } from '../app/pages/assets.ts';

/** The files that pages load, as they were when the worker was bundled. */
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

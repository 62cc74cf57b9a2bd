import { setting } from '../app/lib/settings.ts';
import { serviceAddress } from './service-address.ts';

/** Where the programs that show the dashboard find the edge. */
export const EDGE_METRICS = setting(serviceAddress(), {
  about: 'Host name and `METRICS_PORT` of the edge, whose figures the dashboard then shows.',
  example: 'edge:9464',
});

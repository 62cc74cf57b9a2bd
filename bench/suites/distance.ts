import { createFaultProxy } from '../../testkit/network/fault-proxy.ts';
import { viaPort } from '../../testkit/network/via-port.ts';
import { type CandidateStarter, createCandidateStarter } from '../candidates.ts';
import type { Row } from '../report.ts';
import { compare } from './compare.ts';
import { closedLoopFigures } from './figures.ts';
import { prepareLoad, type Suite } from './suite.ts';

const REPLICAS = 3;
/** Round trips to the database, in milliseconds: one machine, two data centres of one region, two regions, two continents. */
const ROUND_TRIPS_MS = [0, 2, 20, 80];
const CONNECTIONS = [64, 512];

/** Measures visits on a database that is far away. */
export const distance: Suite = {
  name: 'distance',
  title: 'From a near database to a far one',
  about: `Mooring behind Nginx, ${REPLICAS} replicas, connections in a closed loop. Each number is compared with no distance at the same number of connections. A proxy delays what replicas and database send to each other, half of the round trip each way.`,
  async measure(stage) {
    // They end after the replicas, which use them.
    await using proxies = new AsyncDisposableStack();
    await using closing = new AsyncDisposableStack();
    const starters = new Map(ROUND_TRIPS_MS.map((ms) => [ms, createStarterAt(ms)]));
    function createStarterAt(roundTripMs: number) {
      const reachDatabase = async (url: string) => {
        const proxy = await createFaultProxy(Number(new URL(url).port));
        proxies.defer(proxy.shut);
        proxy.delay(roundTripMs / 2);
        return viaPort(url, proxy.port);
      };
      return closing.use(createCandidateStarter(stage, { replicas: REPLICAS, reachDatabase }));
    }
    const rows: Row[] = [];
    for (const count of CONNECTIONS) {
      const places = new Map(ROUND_TRIPS_MS.map((ms) => [`${ms} ms away, ${count} connections`, ms]));
      const compared = await compare(stage, {
        names: [...places.keys()],
        async prepare(name) {
          const starter = starters.get(places.get(name) as number) as CandidateStarter;
          return prepareLoad((await starter.start('mooring')).url, stage, count);
        },
        titleOf: (name) => name,
        figuresOf: closedLoopFigures,
      });
      rows.push(...compared);
    }
    return rows;
  },
};

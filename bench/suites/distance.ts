import { createMigratedDatabase, dropDatabase } from '../../testkit/mysql/start.ts';
import { createFaultProxy } from '../../testkit/network/fault-proxy.ts';
import { viaPort } from '../../testkit/network/via-port.ts';
import { startNginx } from '../fronts/nginx.ts';
import { startReplicas } from '../replicas.ts';
import type { Row } from '../report.ts';
import { compare } from './compare.ts';
import { closedLoopFigures } from './figures.ts';
import { prepareLoad, type Stage, type Suite } from './suite.ts';

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
    await using closing = new AsyncDisposableStack();
    const urls = new Map<number, Promise<string>>();
    const urlAt = (roundTripMs: number) => {
      const url = urls.get(roundTripMs) ?? startAt(roundTripMs, stage, closing);
      urls.set(roundTripMs, url);
      return url;
    };
    const rows: Row[] = [];
    for (const count of CONNECTIONS) {
      const places = new Map(ROUND_TRIPS_MS.map((ms) => [`${ms} ms away, ${count} connections`, ms]));
      const compared = await compare(stage, {
        names: [...places.keys()],
        prepare: async (name) => prepareLoad(await urlAt(places.get(name) as number), stage, count),
        titleOf: (name) => name,
        figuresOf: closedLoopFigures,
      });
      rows.push(...compared);
    }
    return rows;
  },
};

/** Starts replicas at this distance from the database. @returns the URL of their balancer */
async function startAt(roundTripMs: number, stage: Stage, closing: AsyncDisposableStack): Promise<string> {
  const near = await createMigratedDatabase(stage.database, 'mooring_bench');
  closing.defer(() => dropDatabase(near));
  const proxy = await createFaultProxy(Number(new URL(near).port));
  closing.defer(() => proxy.shut());
  proxy.delay(roundTripMs / 2);
  const databaseUrl = viaPort(near, proxy.port);
  const replicas = await startReplicas({ count: REPLICAS, store: 'mooring', databaseUrl, say: stage.say });
  closing.defer(replicas.close);
  const addresses = replicas.list.map(({ address }) => address);
  const front = await startNginx({ addresses, hasDocker: stage.hasDocker });
  closing.defer(front.close);
  return new URL(front.url).href;
}

import { delay } from '../../app/lib/delay.ts';
import type { FrontKind } from '../../testkit/fronts/front.ts';
import { createVisitor, type VisitAnswer } from '../../testkit/http/visitor.ts';
import { createMigratedDatabase, dropDatabase } from '../../testkit/mysql/start.ts';
import { startNginx } from '../fronts/nginx.ts';
import { startWorker } from '../fronts/worker.ts';
import { startReplicas } from '../replicas.ts';
import type { Row } from '../report.ts';
import { rowsOrSkipped } from '../skipped.ts';
import { spreadOf } from '../spread.ts';
import { inRounds, type Stage, type Suite } from './suite.ts';

const FRONTS: Record<FrontKind, string> = { nginx: 'behind Nginx', worker: 'behind the edge worker' };
const GIVE_UP_MS = 30_000;

/** Measures what a client loses when its replica is killed. */
export const recovery: Suite = {
  name: 'recovery',
  title: 'After a kill -9',
  about:
    'From the `kill -9` of a replica until a client that is moored to it has its next answer of 200, by another replica and in the same request; and until its replica, started again, answers.',
  async measure(stage) {
    const rows: Row[] = [];
    for (const front of Object.keys(FRONTS) as FrontKind[]) {
      const measure = () => measureBehind(front, stage);
      rows.push(...(await rowsOrSkipped(`next answer, ${FRONTS[front]}`, measure, stage.say)));
    }
    return rows;
  },
};

async function measureBehind(front: FrontKind, stage: Stage): Promise<Row[]> {
  await using closing = new AsyncDisposableStack();
  const databaseUrl = await createMigratedDatabase(stage.database, 'mooring_bench');
  closing.defer(() => dropDatabase(databaseUrl));
  const replicas = await startReplicas({ count: 3, store: 'mooring', databaseUrl, say: stage.say });
  closing.defer(replicas.close);
  const addresses = replicas.list.map(({ address }) => address);
  const { url, close } =
    front === 'nginx' ? await startNginx({ addresses, hasDocker: stage.hasDocker }) : await startWorker(addresses);
  closing.defer(close);

  const about = FRONTS[front];
  const results = await inRounds(stage, { [about]: () => killOnce(url, replicas) });
  const measured = results[about] ?? [];
  return [
    { name: `next answer, ${about}`, figures: { milliseconds: spreadOf(measured.map(({ nextMs }) => nextMs)) } },
    { name: `its replica again, ${about}`, figures: { milliseconds: spreadOf(measured.map(({ backMs }) => backMs)) } },
  ];
}

type Visit = Pick<VisitAnswer, 'status' | 'visit' | 'server'>;

/**
 * Checks the answer of the first visit after the previous replica was killed.
 *
 * @throws when it is no success, comes from the same replica, or does not have the next number
 */
export function requireNextVisit(before: Visit, { status, visit, server }: Visit): void {
  if (status !== 200) throw new Error(`the answer after a replica was killed is ${status}`);
  if (server === before.server) throw new Error(`${server} answered after it was killed`);
  const expected = (before.visit as number) + 1;
  if (visit !== expected) throw new Error(`the visit after a replica was killed is number ${visit}, not ${expected}`);
}

async function killOnce(url: string, replicas: Awaited<ReturnType<typeof startReplicas>>) {
  const visitor = createVisitor(url);
  const first = await visitor.visit();
  const server = first.server as string;
  const index = replicas.list.findIndex(({ address }) => address === server);
  const pid = replicas.pids()[index] as number;
  const beginMs = performance.now();
  process.kill(pid, 'SIGKILL');
  const next = await visitor.visit();
  const nextMs = performance.now() - beginMs;
  visitor.close();
  requireNextVisit(first, next);
  while (!(await isReady(server))) {
    if (performance.now() - beginMs > GIVE_UP_MS) throw new Error(`replica ${server} did not come back`);
    await delay(2);
  }
  return { nextMs, backMs: performance.now() - beginMs };
}

function isReady(address: string): Promise<boolean> {
  return fetch(`http://${address}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  );
}

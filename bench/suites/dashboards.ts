import { Agent } from 'node:http';
import { DASHBOARD_EVENTS } from '../../app/routes/dashboard.ts';
import { openRequest, responseTo } from '../../testkit/http/send.ts';
import { createCandidateStarter } from '../candidates.ts';
import { closedLoopFigures } from './figures.ts';
import { inRounds, prepareLoad, type Suite } from './suite.ts';

const OPEN = 100;
/** The same reconnection time as the stream sends to browsers. */
const RETRY_MS = 500;

/** Measures what open dashboards cost the visits. */
export const dashboards: Suite = {
  name: 'dashboards',
  title: 'With open dashboards',
  about: `Mooring behind Nginx, three replicas, 64 connections in a closed loop, with nobody at the dashboard and with ${OPEN} who have it open.`,
  async measure(stage) {
    await using starter = createCandidateStarter(stage, { replicas: 3 });
    const { url } = await starter.start('mooring');
    const load = await prepareLoad(url, stage);
    const results = await inRounds(stage, {
      none: load,
      async open() {
        const watchers = await openDashboards(url);
        try {
          return await load();
        } finally {
          watchers.close();
        }
      },
    });
    return [
      { name: 'none open', ...closedLoopFigures(results.none, results.none) },
      { name: `${OPEN} open`, ...closedLoopFigures(results.open, results.none) },
    ];
  },
};

/** Opens streams as that many browsers would: reads them without looking at them, and reopens each one that ends. */
async function openDashboards(url: string): Promise<{ close(): void }> {
  const agents = Array.from({ length: OPEN }, () => new Agent());
  let isClosed = false;

  async function watch(agent: Agent): Promise<void> {
    const stream = await responseTo(openRequest(url, { path: DASHBOARD_EVENTS, agent }).end());
    if (stream.statusCode !== 200) throw new Error(`the dashboard answered ${stream.statusCode}`);
    stream.on('error', () => {}).resume();
    stream.on('close', () => setTimeout(() => isClosed || watch(agent).catch(() => {}), RETRY_MS));
  }

  await Promise.all(agents.map(watch));
  return {
    close() {
      isClosed = true;
      for (const agent of agents) agent.destroy();
    },
  };
}

import { connections } from './connections.ts';
import { dashboards } from './dashboards.ts';
import { distance } from './distance.ts';
import { edge } from './edge.ts';
import { openLoop } from './open-loop.ts';
import { overload } from './overload.ts';
import { recovery } from './recovery.ts';
import { replica } from './replica.ts';
import { replicas, replicasWithoutStore } from './replicas.ts';
import { rows } from './rows.ts';
import { sessions } from './sessions.ts';
import { sideBySide } from './side-by-side.ts';
import { startUp } from './start-up.ts';
import type { Suite } from './suite.ts';

/** All suites, in the order of the report. */
export const SUITES: readonly Suite[] = [
  sideBySide,
  connections,
  openLoop,
  overload,
  replicas,
  replicasWithoutStore,
  rows,
  distance,
  dashboards,
  sessions,
  edge,
  replica,
  recovery,
  startUp,
];

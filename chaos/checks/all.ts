import type { Check } from '../history.ts';
import { acknowledgedCheck } from './acknowledged.ts';
import { deathsCheck } from './deaths.ts';
import { drainCheck } from './drain.ts';
import { errorsCheck } from './errors.ts';
import { gaplessCheck } from './gapless.ts';
import { onceCheck } from './once.ts';
import { orderCheck } from './order.ts';
import { recoveryCheck } from './recovery.ts';
import { stickinessCheck } from './stickiness.ts';
import { unansweredCheck } from './unanswered.ts';

/** All that a run is judged by. */
export const CHECKS: readonly Check[] = [
  acknowledgedCheck,
  onceCheck,
  gaplessCheck,
  unansweredCheck,
  orderCheck,
  stickinessCheck,
  drainCheck,
  errorsCheck,
  deathsCheck,
  recoveryCheck,
];

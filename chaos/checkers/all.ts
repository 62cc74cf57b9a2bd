import type { Checker } from '../history.ts';
import { acknowledgedCheck } from './acknowledged.ts';
import { deathsCheck } from './deaths.ts';
import { deliveriesCheck } from './deliveries.ts';
import { drainCheck } from './drain.ts';
import { errorsCheck } from './errors.ts';
import { gaplessCheck } from './gapless.ts';
import { mooringsCheck } from './moorings.ts';
import { onceCheck } from './once.ts';
import { orderCheck } from './order.ts';
import { recoveryCheck } from './recovery.ts';
import { recoveryTimesCheck } from './recovery-times.ts';
import { resumptionCheck } from './resumption.ts';
import { sessionChangesCheck } from './session-changes.ts';
import { sessionEndsCheck } from './session-ends.ts';
import { sessionFreshnessCheck } from './session-freshness.ts';
import { sessionIsolationCheck } from './session-isolation.ts';
import { sessionSurvivalCheck } from './session-survival.ts';
import { stickinessCheck } from './stickiness.ts';
import { unansweredCheck } from './unanswered.ts';
import { unchangedCheck } from './unchanged.ts';

export const CHECKS: readonly Checker[] = [
  acknowledgedCheck,
  onceCheck,
  gaplessCheck,
  unansweredCheck,
  orderCheck,
  sessionChangesCheck,
  sessionFreshnessCheck,
  sessionIsolationCheck,
  sessionSurvivalCheck,
  sessionEndsCheck,
  deliveriesCheck,
  stickinessCheck,
  mooringsCheck,
  resumptionCheck,
  drainCheck,
  errorsCheck,
  deathsCheck,
  unchangedCheck,
  recoveryTimesCheck,
  recoveryCheck,
];

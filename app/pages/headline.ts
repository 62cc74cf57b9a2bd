import type { Snapshot } from '../replicas/snapshot.ts';
import { clockTime, countOf } from './words.ts';

/** The most important fact for an operator, shown first. */
export interface Headline {
  level: 'ok' | 'busy' | 'problem';
  text: string;
}

/** The headline shows failed requests for about this many buckets: the current one and the two before it. */
const RECENT_BUCKETS = 3;

/** Describes the cluster in one or two sentences: its problems, else what is changing, else that all is well. */
export function headline({ replicas, history }: Snapshot): Headline {
  const lost = replicas.filter(({ isLost }) => isLost);
  const ready = replicas.filter(({ state }) => state === 'ready').length;
  const draining = replicas.filter(({ state }) => state === 'draining').length;
  const failed = history.refused.slice(-RECENT_BUCKETS).reduce((sum, count) => sum + count, 0);
  const problems: string[] = [];
  if (ready === 0 && replicas.length > 0) problems.push('No replica is ready.');
  const [first] = lost;
  if (first && lost.length === 1) problems.push(`Replica ${first.address} is lost.`);
  else if (first) problems.push(`${countOf(lost.length, 'replica')} are lost.`);
  if (failed > 0) {
    const seconds = (RECENT_BUCKETS * history.bucketMs) / 1000;
    problems.push(`${countOf(failed, 'request')} failed in the last ${seconds} seconds.`);
  }
  if (problems.length > 0) return { level: 'problem', text: problems.join(' ') };
  if (draining > 0) return { level: 'busy', text: `${countOf(draining, 'replica')} draining.` };
  if (ready === 0) return { level: 'busy', text: 'No replica is known yet.' };
  return { level: 'ok', text: ready === 1 ? 'The replica is ready.' : `All ${ready} replicas are ready.` };
}

/**
 * The headline while the database is unavailable.
 *
 * @param message why it is unavailable
 * @param sinceMs since when, in milliseconds since the epoch
 */
export function unavailableHeadline(message: string, sinceMs: number): Headline {
  return { level: 'problem', text: `${message} What is shown below is from ${clockTime(sinceMs)} UTC.` };
}

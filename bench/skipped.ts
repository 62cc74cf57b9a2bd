import { firstLine } from '../testkit/processes/command.ts';
import { NoEngineError } from './fronts/nginx.ts';
import { InterruptedError } from './interleave.ts';
import { MissingPeerError } from './peers/peer.ts';
import type { Absence, Row } from './report.ts';

/** Takes a line of what goes on. */
type Say = (line: string) => void;

/**
 * Makes something for each name, one after another. What breaks one leaves the others alone.
 *
 * @param say takes what broke, as a whole
 * @returns what was made, and why the rest was not
 * @throws {InterruptedError} when the run is broken off meanwhile
 */
export async function makeEach<Name extends string, Made>(
  names: readonly Name[],
  make: (name: Name) => Promise<Made>,
  say: Say,
): Promise<{ made: Partial<Record<Name, Made>>; absent: Partial<Record<Name, Absence>> }> {
  const made: Partial<Record<Name, Made>> = {};
  const absent: Partial<Record<Name, Absence>> = {};
  for (const name of names) {
    try {
      made[name] = await make(name);
    } catch (error) {
      absent[name] = absenceOf(error, say);
    }
  }
  return { made, absent };
}

/**
 * Measures rows. What breaks is told in a row that stands for them.
 *
 * @param name that row's
 * @param say takes what broke, as a whole
 * @throws {InterruptedError} when the run is broken off meanwhile
 */
export async function rowsOrSkipped(name: string, measure: () => Promise<Row[]>, say: Say): Promise<Row[]> {
  try {
    return await measure();
  } catch (error) {
    return [{ name, figures: {}, ...absenceOf(error, say) }];
  }
}

function absenceOf(error: unknown, say: Say): Absence {
  if (error instanceof InterruptedError) throw error;
  if (error instanceof MissingPeerError || error instanceof NoEngineError) return { missing: error.message };
  say(error instanceof Error ? (error.stack ?? error.message) : `${error}`);
  return { missing: firstLine(error), hasFailed: true };
}

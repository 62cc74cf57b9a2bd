import { InterruptedError } from '../cli/interrupt-signal.ts';
import { firstLine } from '../testkit/processes/command.ts';
import { NoEngineError } from './fronts/nginx.ts';
import { MissingPeerError } from './peers/peer.ts';
import type { Absence, Row } from './report.ts';

/** Prints a line about the progress. */
type Say = (line: string) => void;

/**
 * Makes something for each name, one after another. A failure does not affect the other names.
 *
 * @param say receives each error in full
 * @returns what was made, and the reasons for what was not
 * @throws {InterruptedError} when the run is interrupted
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
 * Measures rows. After a failure, one row with the reason stands in for them.
 *
 * @param name the name of that row
 * @param say receives the error in full
 * @throws {InterruptedError} when the run is interrupted
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

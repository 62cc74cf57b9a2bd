import type { Row } from '../report.ts';
import { makeEach } from '../skipped.ts';
import { inRounds, type Stage } from './suite.ts';

export interface CompareOptions<Name extends string, Measured> {
  names: readonly Name[];
  /** Starts one and warms it up. Returns what measures it once. */
  prepare: (name: Name) => Promise<() => Promise<Measured>>;
  /** Returns the name of the row. */
  titleOf: (name: Name) => string;
  /** @param base the results of the first name; undefined when it could not be prepared */
  figuresOf: (measured: readonly Measured[], base: readonly Measured[] | undefined) => Pick<Row, 'figures' | 'rounds'>;
}

/** Prepares each, measures them alternately, and returns a row for each. Those that are absent say why. */
export async function compare<Name extends string, Measured>(
  stage: Stage,
  { names, prepare, titleOf, figuresOf }: CompareOptions<Name, Measured>,
): Promise<Row[]> {
  const { made, absent } = await makeEach(names, prepare, stage.say);
  const results: Partial<Record<string, Measured[]>> = await inRounds(stage, made);
  const base = results[names[0] as Name];
  return names.map((name) => {
    const measured = results[name];
    return { name: titleOf(name), ...(measured ? figuresOf(measured, base) : { figures: {} }), ...absent[name] };
  });
}

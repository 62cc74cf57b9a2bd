import type { Checker, Violation } from '../history.ts';

/** Compares the rows' numbers with 1, 2, 3 and so on, and the counter with the number of rows. */
export const gaplessCheck: Checker = {
  name: 'gapless',
  promise: 'the rows are numbered from 1 without a gap, and the counter is their number',
  find({ ledger: { counter, rows } }) {
    const violations: Violation[] = [];
    const tell = (message: string) => violations.push({ check: 'gapless', message, operations: [] });
    const numbers = rows.map(({ number }) => number).sort((a, b) => a - b);
    const firstWrong = numbers.findIndex((number, index) => number !== index + 1);
    if (firstWrong >= 0) tell(`the row after ${firstWrong} has number ${numbers[firstWrong]}`);
    if (counter !== rows.length) tell(`the counter is ${counter}, and there are ${rows.length} rows`);
    return violations;
  },
};

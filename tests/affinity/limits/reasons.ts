/** The reasons in docs/affinity.md why the fronts differ in the limits, which have their cases in this folder. */
export const LIMIT_REASONS = ['X6'];

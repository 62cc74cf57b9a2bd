/**
 * The reasons in docs/affinity.md why the fronts differ in the limits. They have their cases in this folder, and R12, R13, R15 and R16, which no
 * setting of the edge changes, in tests/edge/runtime-limits.test.ts.
 */
export const LIMIT_REASONS = ['R12', 'R13', 'R14', 'R15', 'R16', 'X6'];

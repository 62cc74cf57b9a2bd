/** A write breaks a key or a constraint of a table. Nothing was written. */
export class ConstraintError extends Error {
  override name = 'ConstraintError';
}

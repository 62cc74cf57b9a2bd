/** A failure that the user can fix: programs print its message without a stack and exit with code 2. */
export class UserError extends Error {
  override name = 'UserError';
}

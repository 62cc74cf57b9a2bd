/**
 * Validates a number that a driver returned for a visit or the counter.
 *
 * @throws {RangeError} when it is not a whole number from 0, or too large to be exact
 */
export function visitNumber(value: unknown): number {
  const number = Number(value);
  if (Number.isSafeInteger(number) && number >= 0 && value !== null && value !== '') return number;
  throw new RangeError(`expected a visit's number from the database, got ${JSON.stringify(`${value}`)}`);
}

import { UserError } from '../../app/lib/user-error.ts';

/** A table of the app is missing in the database, lacks a column, or may not be read. */
export class AppTableError extends UserError {
  override name = 'AppTableError';
}

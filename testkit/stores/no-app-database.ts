import type { StoredAppDatabase } from '../../app/storage/stored-app-database.ts';

const refuse = () => {
  throw new Error('this test has no tables');
};

/** The database of an app that has no tables. */
export const noAppDatabase: StoredAppDatabase = {
  select: refuse,
  insert: refuse,
  update: refuse,
  delete: refuse,
  once: refuse,
  purge: async () => 0,
};

import type { AppDatabase, Statement } from '../tables/app-database.ts';

/** The query builders of a Drizzle database of any dialect. */
export interface QueryBuilders {
  select(fields?: object): { from(table: never): unknown };
  insert(table: never): { values(rows: never): unknown };
  update(table: never): { set(changes: never): { where(condition: never): unknown } };
  delete(table: never): { where(condition: never): unknown };
}

/** Runs a query. @param isRead whether it changes nothing */
export type RunQuery = <T>(execute: () => Promise<T>, isRead: boolean) => Promise<T>;

interface Query extends Statement {
  execute(): Promise<unknown>;
  all?(): Promise<unknown>;
}

/** Methods of queries that only one of the databases has. An app that uses them would fail on the others only. */
const NOT_IN_ALL = ['get', 'all', 'values', 'run', 'iterator'];

/**
 * Narrows the query builders of a Drizzle database to what all databases have. A query runs through `run` when it is
 * awaited.
 */
export function commonQueries(builders: QueryBuilders, run: RunQuery): Omit<AppDatabase, 'once'> {
  function write(built: unknown): Statement {
    const query = built as Query;
    const execute = query.execute.bind(query);
    query.execute = () => run(execute, false);
    return query;
  }

  function read(built: unknown): unknown {
    const query = built as Query;
    const execute = (query.all ?? query.execute).bind(query);
    query.execute = () => run(execute, true);
    for (const name of NOT_IN_ALL) {
      const refuse = () => {
        throw new TypeError(`${name}() does not exist for every database; await the query instead`);
      };
      Object.defineProperty(query, name, { value: refuse });
    }
    return query;
  }

  return {
    select: ((fields?: object) => {
      const builder = fields === undefined ? builders.select() : builders.select(fields);
      return { from: (table: never) => read(builder.from(table)) };
    }) as unknown as AppDatabase['select'],
    insert: (table) => ({ values: (rows) => write(builders.insert(table as never).values(rows as never)) }),
    update: (table) => ({
      set: (changes) => ({
        where: (condition) =>
          write(
            builders
              .update(table as never)
              .set(changes as never)
              .where(condition as never),
          ),
      }),
    }),
    delete: (table) => ({ where: (condition) => write(builders.delete(table as never).where(condition as never)) }),
  };
}

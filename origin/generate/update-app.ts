import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AppSchema } from '../database/database.ts';
import { dialects } from './dialects.ts';
import { grantsFor } from './grants.ts';
import { updateMigrations } from './migrations-folder.ts';

export interface UpdateAppOptions {
  schema: AppSchema & { migrations: string };
  /** What follows the number in the names of new migrations. */
  name: string;
  mayWrite: boolean;
}

/** Brings the migrations and grants of an app up to date. Returns the files that are new or change. */
export async function updateApp({ schema, name, mayWrite }: UpdateAppOptions): Promise<string[]> {
  const { tables, migrations } = schema;
  const changed: string[] = [];
  for (const dialect of Object.values(dialects)) {
    const folder = join(migrations, dialect.name);
    const file = await updateMigrations({ folder, dialect, tables, name, mayWrite });
    if (file !== undefined) changed.push(join(folder, file));
  }
  const path = join(migrations, 'grants.sql');
  const grants = grantsFor(tables);
  if (!existsSync(path) || readFileSync(path, 'utf8') !== grants) {
    changed.push(path);
    if (mayWrite) {
      mkdirSync(migrations, { recursive: true });
      writeFileSync(path, grants);
    }
  }
  return changed;
}

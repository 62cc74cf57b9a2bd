import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AppTable } from '../../app/tables/define-table.ts';
import type { Dialect, Snapshot } from './dialects.ts';
import { repeatable } from './repeatable.ts';

export interface UpdateMigrationsOptions {
  /** Where the migrations of the dialect are, in Drizzle Kit's format. Created when missing. */
  folder: string;
  dialect: Dialect;
  tables: readonly AppTable[];
  /** What follows the number in the name of a new migration. */
  name: string;
  /** Whether the files may be written, or only compared. */
  mayWrite: boolean;
  nowMs?: () => number;
}

interface Journal {
  version: string;
  dialect: string;
  entries: { idx: number; version: string; when: number; tag: string; breakpoints: boolean }[];
}

/**
 * Adds the migration that leads from the last one to the declared tables.
 *
 * @returns the name of its file; undefined when the migrations match the tables
 */
export async function updateMigrations(options: UpdateMigrationsOptions): Promise<string | undefined> {
  const { folder, dialect, tables, name, mayWrite, nowMs = Date.now } = options;
  const journalPath = join(folder, 'meta', '_journal.json');
  const journal = readJson<Journal>(journalPath) ?? { version: '7', dialect: dialect.name, entries: [] };
  const index = journal.entries.length;
  const last = index === 0 ? undefined : readJson<Snapshot>(snapshotPath(folder, index - 1));
  const before = last ?? (await dialect.describe([]));
  const after = await dialect.describe(tables, last?.id);
  const statements = repeatable(await dialect.compare(before, after), dialect.name);
  if (statements.length === 0) return undefined;

  const tag = `${numbered(index)}_${name}`;
  if (mayWrite) {
    journal.entries.push({ idx: index, version: dialect.journalVersion, when: nowMs(), tag, breakpoints: true });
    mkdirSync(join(folder, 'meta'), { recursive: true });
    writeFileSync(join(folder, `${tag}.sql`), `${statements.join('\n--> statement-breakpoint\n')}\n`);
    writeJson(snapshotPath(folder, index), after);
    writeJson(journalPath, journal);
  }
  return `${tag}.sql`;
}

function snapshotPath(folder: string, index: number): string {
  return join(folder, 'meta', `${numbered(index)}_snapshot.json`);
}

function numbered(index: number): string {
  return `${index}`.padStart(4, '0');
}

function readJson<T>(path: string): T | undefined {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as T) : undefined;
}

function writeJson(path: string, value: unknown): void {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
}

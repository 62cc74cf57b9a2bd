import { relative } from 'node:path';
import { getTableName } from 'drizzle-orm';
import { parseSettings } from '../../app/lib/settings.ts';
import { textWhere } from '../../app/lib/text-format.ts';
import { UserError } from '../../app/lib/user-error.ts';
import type { AppTable } from '../../app/tables/define-table.ts';
import { APP_FOLDER } from '../../cli/app-folder.ts';
import { createCommandLine } from '../../cli/command-line.ts';
import { flag, toggle } from '../../cli/flags.ts';
import { runMain } from '../../cli/run-main.ts';
import * as ownSchema from '../../drizzle/mysql-schema.ts';
import { loadApp } from '../load-app.ts';
import { updateApp } from './update-app.ts';

const commandLine = createCommandLine({
  command: 'npm run generate --',
  about:
    'Writes what follows from the tables of an app: the migrations for MySQL and SQLite and the grants, in the folder `migrations` beside its routes.ts.',
  flags: {
    app: flag(APP_FOLDER, {
      about: 'the folder of the app',
      placeholder: 'FOLDER',
      defaultText: 'APP_FOLDER, or app',
    }),
    name: flag(
      textWhere('lower-case letters, digits and underscores', (name) => /^[a-z0-9_]{1,60}$/.test(name)),
      {
        about: 'what a new migration does, for the name of its file',
        placeholder: 'NAME',
        default: 'tables',
      },
    ),
    check: toggle('write nothing; exit with 1 if something is to be written'),
  },
});

/** A table of the app has the name of one of Mooring's. */
class ReservedNameError extends UserError {
  override name = 'ReservedNameError';
}

async function main(args: string[]): Promise<void> {
  const { app, name, check } = commandLine.parse(args).flags;
  const { APP_FOLDER: byDefault } = parseSettings({ APP_FOLDER }, process.env);
  const { schema } = app === undefined ? await loadApp(byDefault) : await loadApp(app, '--app');
  refuseReservedNames(schema.tables);
  const changed = await updateApp({ schema, name, mayWrite: !check });
  for (const file of changed) console.log(`${check ? 'stale' : 'written'}: ${relative('.', file)}`);
  if (changed.length === 0) console.log('nothing to do: migrations and grants match the tables');
  if (check && changed.length > 0) process.exitCode = 1;
}

function refuseReservedNames(tables: readonly AppTable[]): void {
  const reserved: string[] = Object.values(ownSchema).map((table) => getTableName(table));
  const taken = tables.map(getTableName).find((name) => reserved.includes(name));
  if (taken !== undefined) throw new ReservedNameError(`the table ${taken} is one of Mooring's: rename yours`);
}

await runMain({ name: 'mooring generate', usage: commandLine.usage, main });

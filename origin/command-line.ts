import { createCommandLine } from '../cli/command-line.ts';
import { toggle } from '../cli/flags.ts';
import { settingsUsage } from '../cli/settings-usage.ts';
import { allOriginSettings, FILE_SETTINGS } from './settings.ts';

export const commandLine = createCommandLine({
  command: 'npm run origin --',
  synopsis: '[--check | --migrate | --migrate-only]',
  about: 'One replica of the app: counts the visits of GET / in a database that all replicas share.',
  flags: {
    check: toggle('check the settings and exit'),
    migrate: toggle('bring the database up to date first'),
    'migrate-only': toggle('bring the database up to date and exit'),
  },
  more: settingsUsage(allOriginSettings, FILE_SETTINGS),
});

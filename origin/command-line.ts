import type { Setting } from '../app/lib/settings.ts';
import { createCommandLine } from '../cli/command-line.ts';
import { toggle } from '../cli/flags.ts';
import { allOriginSettings, FILE_SETTINGS } from './settings.ts';

const settings = Object.entries<Setting<unknown>>(allOriginSettings).map(
  ([name, { about, default: value, defaultText }]) => {
    const file = FILE_SETTINGS.includes(name) ? ` Or ${name}_FILE, a file that holds it.` : '';
    const fallback = defaultText ?? (value === undefined ? 'none' : `${value}`);
    return `  ${name}\n      ${about}${file}\n      Default: ${fallback}`;
  },
);

export const commandLine = createCommandLine({
  command: 'npm run origin --',
  synopsis: '[--check | --migrate | --migrate-only]',
  about: 'One replica of the app: counts the visits of GET / in a database that all replicas share.',
  flags: {
    check: toggle('check the settings and exit'),
    migrate: toggle('bring the database up to date first'),
    'migrate-only': toggle('bring the database up to date and exit'),
  },
  more: `Settings, as environment variables:\n${settings.join('\n').replaceAll('`', '')}`,
});

import type { Setting } from '../app/lib/settings.ts';
import { allOriginSettings, FILE_SETTINGS } from './settings.ts';

export function usage(): string {
  const settings = Object.entries<Setting<unknown>>(allOriginSettings).map(
    ([name, { about, default: value, defaultText }]) => {
      const file = FILE_SETTINGS.includes(name) ? ` Or ${name}_FILE, a file that holds it.` : '';
      const fallback = defaultText ?? (value === undefined ? 'none' : `${value}`);
      return `  ${name}\n      ${about}${file}\n      Default: ${fallback}`;
    },
  );
  return `Usage: npm run origin -- [--check | --migrate | --migrate-only]

One replica of the app: counts the visits of GET / in a database that all replicas share.

Options:
  --check         check the settings and exit
  --migrate       bring the database up to date first
  --migrate-only  bring the database up to date and exit
  --help          show this

Settings, as environment variables:
${settings.join('\n').replaceAll('`', '')}
`;
}

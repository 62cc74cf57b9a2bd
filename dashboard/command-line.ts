import type { Setting } from '../app/lib/settings.ts';
import { createCommandLine } from '../cli/command-line.ts';
import { dashboardServiceSettings } from './config.ts';

const settings = Object.entries<Setting<unknown>>(dashboardServiceSettings).map(
  ([name, { about, default: value, defaultText }]) =>
    `  ${name}\n      ${about}\n      Default: ${defaultText ?? (value === undefined ? 'none' : `${value}`)}`,
);

export const commandLine = createCommandLine({
  command: 'npm run dashboard --',
  about: 'The dashboard as a service of its own: shows the replicas from what the balancers log.',
  flags: {},
  more: `Settings, as environment variables:\n${settings.join('\n').replaceAll('`', '')}`,
});

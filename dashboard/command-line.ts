import { createCommandLine } from '../cli/command-line.ts';
import { settingsUsage } from '../cli/settings-usage.ts';
import { dashboardServiceSettings, FILE_SETTINGS } from './config.ts';

export const commandLine = createCommandLine({
  command: 'npm run dashboard --',
  about: 'The dashboard as a service of its own: shows the replicas from what the balancers log.',
  flags: {},
  more: settingsUsage(dashboardServiceSettings, FILE_SETTINGS),
});

import type { z } from 'zod';
import { type DashboardAccess, dashboardRule, dashboardSettings, toDashboardAccess } from '../app/dashboard/access.ts';
import { addProblem, parsedSettings, type SettingsValues, setting, settingsObject } from '../app/lib/settings.ts';
import { port } from '../app/lib/text-format.ts';
import { EDGE_METRICS } from '../cli/edge-metrics.ts';
import { ipAddress } from '../cli/ip-address-format.ts';
import { ORIGIN_HOST, ORIGIN_PORT } from '../cli/replica-name.ts';
import type { ServiceAddress } from '../cli/service-address.ts';
import { readText, withSettingsFromFiles } from '../cli/settings-from-files.ts';

export const dashboardServiceSettings = {
  HOST: setting(ipAddress(), {
    about: 'Address the service listens on.',
    example: '127.0.0.1',
    default: '0.0.0.0',
  }),
  PORT: setting(port(), {
    about: 'Port of the pages, and, by UDP, of the log lines of the balancers.',
    example: '8081',
    default: 8081,
  }),
  ORIGIN_HOST,
  ORIGIN_PORT,
  EDGE_METRICS,
  ...dashboardSettings,
};

/** The settings that may come from a file instead. */
export const FILE_SETTINGS = ['DASHBOARD_TOKEN'];

export interface DashboardServiceConfig {
  host: string;
  port: number;
  replicas: { host: string; port: number };
  /** Where the edge has its metrics; undefined when the dashboard shows no edge. */
  edgeMetrics: ServiceAddress | undefined;
  access: Exclude<DashboardAccess, { kind: 'off' }>;
}

/**
 * Parses the environment.
 *
 * @throws {SettingsError} describing every invalid setting
 */
export function parseDashboardServiceConfig(env: Record<string, string | undefined>): DashboardServiceConfig {
  const given = withSettingsFromFiles(FILE_SETTINGS, env, readText);
  const schema = settingsObject(dashboardServiceSettings).superRefine(dashboardRule).superRefine(notOffRule);
  const values = parsedSettings(schema.safeParse(given));
  return {
    host: values.HOST,
    port: values.PORT,
    replicas: { host: values.ORIGIN_HOST, port: values.ORIGIN_PORT },
    edgeMetrics: values.EDGE_METRICS,
    access: toDashboardAccess(values) as DashboardServiceConfig['access'],
  };
}

/** A service that shows nothing to anybody cannot be intended. */
function notOffRule({ DASHBOARD }: SettingsValues<typeof dashboardServiceSettings>, ctx: z.RefinementCtx): void {
  if (DASHBOARD === 'off')
    addProblem(ctx, 'DASHBOARD', 'private or token', '"off"', 'do not start this service, or change it');
}

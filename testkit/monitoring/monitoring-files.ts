import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const FOLDER = fileURLToPath(new URL('../../monitoring', import.meta.url));

/** Parses a YAML or JSON file of `monitoring/`; JSON is valid YAML. */
export function readMonitoringFile<T>(path: string): T {
  return parse(readFileSync(`${FOLDER}/${path}`, 'utf8')) as T;
}

/** Returns a monitoring image: the one that the variable names, else the default of `monitoring/compose.yml`. */
export function monitoringImage(variable: 'PROMETHEUS_IMAGE' | 'NGINX_EXPORTER_IMAGE'): string {
  const compose = readFileSync(`${FOLDER}/compose.yml`, 'utf8');
  return process.env[variable] ?? (compose.match(`\\$\\{${variable}:-([^}]+)\\}`)?.[1] as string);
}

/** One panel of a Grafana dashboard, with the fields that tests read. */
export interface Panel {
  id: number;
  type: string;
  title: string;
  datasource?: { type: string; uid: string };
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { refId: string; expr: string; legendFormat: string; datasource: { type: string; uid: string } }[];
  fieldConfig?: { defaults: { unit?: string } };
}

export interface Dashboard {
  uid: string;
  title: string;
  schemaVersion: number;
  panels: Panel[];
}

export const dashboard = readMonitoringFile<Dashboard>('grafana/dashboards/mooring.json');

/** The panels that show data; rows are headings. */
export const graphs = dashboard.panels.filter(({ type }) => type !== 'row');

/** Every query of the dashboard, named by its panel and its letter there. */
export const dashboardQueries = graphs.flatMap(({ title, targets = [] }) =>
  targets.map(({ refId, expr }) => [`${title} ${refId}`, expr] as const),
);

interface Alert {
  alert: string;
  expr: string;
  for: string;
  labels: { severity: string };
  annotations: { summary: string; description: string };
}

interface Rules {
  groups: { rules: (Alert | { record: string; expr: string })[] }[];
}

export const alerts = readMonitoringFile<Rules>('rules/mooring.rules.yml').groups.flatMap(({ rules }) =>
  rules.filter((rule) => 'alert' in rule),
);

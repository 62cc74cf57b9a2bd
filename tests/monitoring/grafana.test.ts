import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { dashboard, graphs, readMonitoringFile } from '../../testkit/monitoring/monitoring-files.ts';

const { datasources } = readMonitoringFile<{
  apiVersion: number;
  datasources: { uid: string; type: string; url: string; isDefault: boolean }[];
}>('grafana/provisioning/datasources/prometheus.yml');
const { providers } = readMonitoringFile<{ providers: { type: string; options: { path: string } }[] }>(
  'grafana/provisioning/dashboards/mooring.yml',
);
const { services } = parse(readFileSync('monitoring/compose.yml', 'utf8')) as {
  services: { grafana: { volumes: string[]; environment: Record<string, string> } };
};
const mounts = services.grafana.volumes.map((volume) => volume.split(':') as [string, string, string]);

describe('Grafana finds', () => {
  test('what it is given, where Compose puts it', () => {
    expect(mounts).toContainEqual(['./grafana/provisioning', '/etc/grafana/provisioning', 'ro']);
    const path = providers[0]?.options.path;
    expect(mounts).toContainEqual(['./grafana/dashboards', path, 'ro']);
    expect(services.grafana.environment.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH).toBe(`${path}/mooring.json`);
  });

  test('Prometheus as the one data source', () => {
    expect(datasources).toEqual([
      expect.objectContaining({ type: 'prometheus', url: 'http://prometheus:9090', isDefault: true }),
    ]);
  });
});

describe('the dashboard', () => {
  test('has a uid, a title and a schema', () => {
    expect(dashboard).toMatchObject({ uid: 'mooring', title: 'Mooring', schemaVersion: expect.any(Number) });
  });

  test('has panels with ids and titles of their own, which do not overlap', () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(dashboard.panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
  });

  test.each(graphs)(
    '$title has a unit, queries and a name for each line, all of the data source that is there',
    (panel) => {
      const source = { type: 'prometheus', uid: datasources[0]?.uid };
      expect(panel.title).toMatch(/\S/);
      expect(panel.datasource).toEqual(source);
      expect(panel.fieldConfig?.defaults.unit).toMatch(/^\w+$/);
      const targets = panel.targets ?? [];
      expect(targets.length).toBeGreaterThan(0);
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
      for (const target of targets) {
        expect(target.datasource).toEqual(source);
        expect(target.expr).toMatch(/\S/);
        expect(target.legendFormat).toMatch(/\S/);
        expect(target.expr).not.toMatch(/\[\d/);
      }
    },
  );
});

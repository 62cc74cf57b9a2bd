import { describe, expect, test } from 'vitest';
import { alerts, readMonitoringFile } from '../../testkit/monitoring/monitoring-files.ts';
import { findPromtool, WITHOUT_PROMTOOL } from '../../testkit/monitoring/promtool.ts';

const promtool = await findPromtool();
const TESTS = 'tests/mooring.test.yml';

describe.skipIf(!promtool)(`promtool${promtool ? '' : `: ${WITHOUT_PROMTOOL}`}`, () => {
  test.each([
    ['the configuration', ['check', 'config', 'monitoring/prometheus.yml']],
    ['the rules', ['check', 'rules', 'monitoring/rules/mooring.rules.yml']],
    ['what the alerts do', ['test', 'rules', `monitoring/${TESTS}`]],
  ])('finds no error in %s', async (_what, args) => {
    const { code, output } = await (promtool as NonNullable<typeof promtool>).run(args);
    expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' });
  });
});

interface RuleTests {
  tests: { alert_rule_test: { alertname: string; exp_alerts: unknown[] }[] }[];
}

describe('each alert', () => {
  const expectations = readMonitoringFile<RuleTests>(TESTS).tests.flatMap(({ alert_rule_test }) => alert_rule_test);

  test.each(alerts.map(({ alert }) => alert))(
    '%s has a test in which it fires and one in which it stays silent',
    (alert) => {
      const sizes = expectations
        .filter(({ alertname }) => alertname === alert)
        .map(({ exp_alerts }) => exp_alerts.length);
      expect(sizes).toContain(0);
      expect(Math.max(...sizes)).toBeGreaterThan(0);
    },
  );

  test.each(alerts)('$alert has a severity and a description, and waits before it fires', (alert) => {
    expect(['critical', 'warning']).toContain(alert.labels.severity);
    expect(alert.annotations).toEqual({
      summary: expect.stringMatching(/\.$/),
      description: expect.stringMatching(/\.$/),
    });
    expect(alert.for).toMatch(/^\d+[sm]$/);
  });
});

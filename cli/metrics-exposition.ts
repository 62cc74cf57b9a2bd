import { type OpenMetricsContentType, Registry } from 'prom-client';

export interface Exposition {
  contentType: string;
  text: string;
}

/** The part of a metric that a registry uses; prom-client's types leave most of it out. */
interface RegisteredMetric {
  name: string;
  type: string;
  get(): Promise<{ name: string }>;
  /** The text format uses this one where it exists. */
  getForPromString?(): Promise<{ name: string }>;
}

/** Formats a registry's metrics as OpenMetrics or in Prometheus' older text format. */
export async function expose(registry: Registry, { openMetrics }: { openMetrics: boolean }): Promise<Exposition> {
  if (!openMetrics) return { contentType: registry.contentType, text: await registry.metrics() };
  const views = new Registry<OpenMetricsContentType>();
  views.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  for (const metric of registry.getMetricsAsArray() as unknown as RegisteredMetric[]) {
    views.registerMetric(openMetricsView(metric) as unknown as Parameters<Registry['registerMetric']>[0]);
  }
  return { contentType: views.contentType, text: await views.metrics() };
}

/**
 * Returns a view of a metric with the name that OpenMetrics requires: a counter's family has no `_total`, its samples have.
 * The view protects the metric itself: a registry that is asked for OpenMetrics renames its counters for good, and the text
 * format would then lack `_total`.
 */
function openMetricsView(metric: RegisteredMetric): RegisteredMetric {
  const { name, type } = metric;
  return {
    name,
    type,
    async get() {
      const values = await (metric.getForPromString?.() ?? metric.get());
      return type === 'counter' ? { ...values, name: values.name.replace(/_total$/, '') } : values;
    },
  };
}

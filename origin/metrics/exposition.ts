import { type OpenMetricsContentType, Registry } from 'prom-client';

/** All metrics as they are at one moment. */
export interface Exposition {
  contentType: string;
  text: string;
}

/** What a registry asks of a metric; the typings leave most of it out. */
interface RegisteredMetric {
  name: string;
  type: string;
  get(): Promise<{ name: string }>;
  /** The same for text, where it is not the same. */
  getForPromString?(): Promise<{ name: string }>;
}

/** Writes the metrics of a registry as OpenMetrics, or in Prometheus's older text form. */
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
 * In OpenMetrics a counter's family has no `_total`, its samples have. A registry that is asked for OpenMetrics takes the
 * word from the counters' names for good, and the text form would then miss it; so it gets views of them.
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

/** One series of a query's result. */
export interface Series {
  labels: Record<string, string>;
  value: number;
}

export interface Target {
  job: string;
  instance: string;
  /** `up`, `down` or `unknown`. */
  health: string;
}

export interface Prometheus {
  /** @throws with Prometheus's own error message */
  query(expression: string): Promise<Series[]>;
  targets(): Promise<Target[]>;
  /** Returns the names of the alerts in this state. */
  alerts(state: 'pending' | 'firing'): Promise<string[]>;
}

export function createPrometheus(url: string): Prometheus {
  async function ask<T>(path: string, parameters: Record<string, string> = {}): Promise<T> {
    const response = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(parameters)}`);
    const answer = (await response.json()) as { status: string; error?: string; data: T };
    if (answer.status !== 'success') throw new Error(`${parameters.query ?? path}: ${answer.error}`);
    return answer.data;
  }

  async function query(expression: string): Promise<Series[]> {
    const { result } = await ask<{ result: { metric: Record<string, string>; value: [number, string] }[] }>('query', {
      query: expression,
    });
    return result.map(({ metric, value: [, value] }) => ({ labels: metric, value: Number(value) }));
  }

  return {
    query,
    async targets() {
      const { activeTargets } = await ask<{
        activeTargets: { labels: { job: string; instance: string }; health: string }[];
      }>('targets');
      return activeTargets.map(({ labels: { job, instance }, health }) => ({ job, instance, health }));
    },
    async alerts(state) {
      const firing = await query(`ALERTS{alertstate="${state}"}`);
      return [...new Set(firing.map(({ labels }) => labels.alertname as string))].sort();
    },
  };
}

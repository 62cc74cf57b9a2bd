import { type Answer, send } from './send.ts';

/** One line of what `GET /metrics` answers. */
export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** Reads the samples of a text form, whichever of the two. */
export function readMetrics(text: string): Sample[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name, labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) as RegExpExecArray;
      const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label, word]) => [label, word]);
      return { name: name as string, labels: Object.fromEntries(pairs), value: Number(value) };
    });
}

/** Asks a replica for its metrics. */
export function scrape(port: number): Promise<Answer> {
  return send(`http://127.0.0.1:${port}`, { path: '/metrics' });
}

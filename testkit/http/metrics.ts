import { type Answer, send } from './send.ts';

/** One sample line of `GET /metrics`. */
export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** Parses the samples of either of the two text formats. */
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

export function scrape(port: number): Promise<Answer> {
  return send(`http://127.0.0.1:${port}`, { path: '/metrics' });
}

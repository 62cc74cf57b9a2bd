import type { EdgeDatabase } from './database.ts';

/** Options of an edge on this machine, whatever runs it. */
export interface EdgeOptions {
  host?: string;
  port: number;
  vars: Record<string, string>;
  /** The MySQL of the binding `HYPERDRIVE`. */
  database?: EdgeDatabase | undefined;
  /** Returns the peers in the format of `ORIGINS`. Called whenever the worker asks for them. */
  peers?: (() => Promise<string>) | undefined;
  /** Called with each line that the worker writes to its console. */
  onLog?: (line: string) => void;
}

/** The edge worker, running in workerd on this machine. */
export interface Edge {
  url: string;
  close(): Promise<void>;
}

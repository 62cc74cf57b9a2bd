import type { EdgeDatabase } from './database.ts';

/** What an edge on this machine is to be, whatever runs it. */
export interface EdgeOptions {
  host?: string;
  port: number;
  /** The worker's variables. */
  vars: Record<string, string>;
  /** The MySQL it is bound to as `HYPERDRIVE`. */
  database?: EdgeDatabase | undefined;
  /** Tells the peers in the words of `ORIGINS`, whenever the worker asks for them. */
  peers?: (() => Promise<string>) | undefined;
  /** Takes what the worker writes to its console. */
  onLog?: (line: string) => void;
}

/** The edge worker in its real runtime on this machine. */
export interface Edge {
  url: string;
  close(): Promise<void>;
}

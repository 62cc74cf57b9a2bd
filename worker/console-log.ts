import { escapeControls } from '../app/lib/escape-controls.ts';
import type { Log } from '../app/lib/log.ts';

/** JSON lines on the console, in the form the origin's logger writes them. */
export function createConsoleLog(nowMs: () => number = Date.now): Log {
  const line = (level: string, fields: object, msg: string) =>
    escapeControls(JSON.stringify({ level, time: new Date(nowMs()).toISOString(), ...fields, msg }, plainErrors));
  return {
    // Workers have no log level to turn on.
    debug() {},
    info: (fields, msg) => console.log(line('info', fields, msg)),
    warn: (fields, msg) => console.warn(line('warn', fields, msg)),
    error: (fields, msg) => console.error(line('error', fields, msg)),
  };
}

/** An error has no enumerable fields of its own, and would be logged as `{}`. */
function plainErrors(_key: string, value: unknown): unknown {
  return value instanceof Error ? { type: value.name, message: value.message, stack: value.stack } : value;
}

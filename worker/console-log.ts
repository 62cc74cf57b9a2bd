import { escapeControls } from '../app/lib/escape-controls.ts';
import type { Log } from '../app/lib/log.ts';

/** Creates a log that writes JSON lines to the console, in the format of the origin's logger. */
export function createConsoleLog(nowMs: () => number = Date.now): Log {
  const line = (level: string, fields: object, msg: string) =>
    escapeControls(JSON.stringify({ level, time: new Date(nowMs()).toISOString(), ...fields, msg }, plainErrors));
  return {
    // Workers have no log level that could enable it.
    debug() {},
    info: (fields, msg) => console.log(line('info', fields, msg)),
    warn: (fields, msg) => console.warn(line('warn', fields, msg)),
    error: (fields, msg) => console.error(line('error', fields, msg)),
  };
}

/** `JSON.stringify` alone would log an error as `{}`, because an error has no enumerable fields. */
function plainErrors(_key: string, value: unknown): unknown {
  return value instanceof Error ? { type: value.name, message: value.message, stack: value.stack } : value;
}

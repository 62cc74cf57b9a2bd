/** The logger methods that the shared code uses: pino on Node, JSON on the console at the edge. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Returns a log that adds the fields to each line. */
export function withFields(log: Log, fields: object): Log {
  return new FieldsLog(log, fields);
}

// A class, because one is made for each request: its methods are shared.
class FieldsLog implements Log {
  readonly #log: Log;
  readonly #fields: object;

  constructor(log: Log, fields: object) {
    this.#log = log;
    this.#fields = fields;
  }

  debug(fields: object, message: string): void {
    this.#log.debug({ ...this.#fields, ...fields }, message);
  }

  info(fields: object, message: string): void {
    this.#log.info({ ...this.#fields, ...fields }, message);
  }

  warn(fields: object, message: string): void {
    this.#log.warn({ ...this.#fields, ...fields }, message);
  }

  error(fields: object, message: string): void {
    this.#log.error({ ...this.#fields, ...fields }, message);
  }
}

/** The part of a structured logger the handlers use: pino on Node, JSON on the console at the edge. */
export interface Log {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** The logger methods that the shared code uses: pino on Node, JSON on the console at the edge. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** A database URL is invalid. None of the three texts contains a secret. */
export class DatabaseUrlError extends Error {
  override name = 'DatabaseUrlError';
  readonly expected: string;
  readonly got: string;
  readonly fix: string;

  constructor(expected: string, got: string, fix: string) {
    super(`expected ${expected}, got ${got}; ${fix}`);
    this.expected = expected;
    this.got = got;
    this.fix = fix;
  }
}

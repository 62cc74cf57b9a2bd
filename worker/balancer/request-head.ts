/** What precedes a request's body. A `Request` is one, too. */
export interface RequestHead {
  readonly method: string;
  readonly url: string;
  readonly headers: HeaderFields;
  readonly body: ReadableStream | null;
}

/** The methods of `Headers` with which headers are read. */
export interface HeaderFields {
  get(name: string): string | null;
  has(name: string): boolean;
  keys(): Iterable<string>;
  forEach(callback: (value: string, name: string) => void): void;
}

/**
 * Reads a request's head at once. The balancer looks for some twenty headers. Most are not there, and each call of the runtime's
 * `Headers` costs much more than one of a map.
 */
export function readHead(request: Request): RequestHead {
  const { method, url, body } = request;
  const fields = new Map<string, string>();
  /** Only lines of `Set-Cookie`: the runtime joins lines of any other name. */
  const repeated: [name: string, value: string][] = [];
  request.headers.forEach((value, name) => {
    if (fields.has(name)) repeated.push([name, value]);
    else fields.set(name, value);
  });
  const headers: HeaderFields = {
    get: (name) => fields.get(name.toLowerCase()) ?? null,
    has: (name) => fields.has(name.toLowerCase()),
    keys: () => fields.keys(),
    forEach(callback) {
      fields.forEach(callback);
      for (const [name, value] of repeated) callback(value, name);
    },
  };
  return { method, url, body, headers };
}

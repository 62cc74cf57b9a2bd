/** The cookies of one client of one server. Paths, domains and expiry other than `Max-Age=0` are ignored. */
export interface CookieJar {
  /** Stores the cookies of a response, given its `Set-Cookie` lines. Of two with the same name the last one stays. */
  store(setCookies: readonly string[]): void;
  get(name: string): string | undefined;
  set(name: string, value: string): void;
  clear(): void;
  /** Returns the `Cookie` header of the next request; empty without cookies. */
  header(): string;
}

export function createCookieJar(): CookieJar {
  const cookies = new Map<string, string>();
  return {
    store(setCookies) {
      for (const { name, value, isDeleted } of setCookies.map(parseSetCookie)) {
        if (isDeleted) cookies.delete(name);
        else cookies.set(name, value);
      }
    },
    get: (name) => cookies.get(name),
    set: (name, value) => void cookies.set(name, value),
    clear: () => cookies.clear(),
    header: () => [...cookies].map((pair) => pair.join('=')).join('; '),
  };
}

/** Parses a `Set-Cookie` line. */
export function parseSetCookie(line: string): { name: string; value: string; isDeleted: boolean } {
  const [pair = '', ...attributes] = line.split(/; */);
  const [name = '', ...rest] = pair.split('=');
  return { name, value: rest.join('='), isDeleted: attributes.some((text) => /^max-age=0$/i.test(text)) };
}

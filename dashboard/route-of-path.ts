/** Longer names would make the table unreadable. */
const MAX_LENGTH = 40;

/**
 * Returns the name under which a request is counted: the first part of its path. Clients choose paths, so everything that was
 * answered 404 has one name, `*`, which a scan for weak spots would otherwise use up.
 */
export function routeOfPath(path: string, status: number): string {
  if (status === 404) return '*';
  const [name = ''] = /^\/[!-.0-~]*/.exec(path) ?? [];
  if (name === '') return '*';
  return name.length <= MAX_LENGTH ? name : `${name.slice(0, MAX_LENGTH)}…`;
}

/**
 * Returns the URL of the same database through another port of this machine.
 *
 * @param databaseUrl `mysql://user:password@host:port/database`
 */
export function viaPort(databaseUrl: string, port: number): string {
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = `${port}`;
  return url.href;
}

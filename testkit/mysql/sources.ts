import type { MysqlServer, MysqlSource } from './server.ts';

/** Returns the server of the first source that has one. */
export async function startFirst(
  sources: MysqlSource[],
  say: (line: string) => void,
): Promise<MysqlServer | undefined> {
  for (const start of sources) {
    const server = await start(say);
    if (server) return server;
  }
  return undefined;
}

import type { TestProject } from 'vitest/node';
import { startDockerMysql } from './mysql-docker.ts';
import { installMysql } from './mysql-install.ts';
import { startPrivateMysql } from './mysql-private.ts';
import { type MysqlServer, type MysqlSource, mysqlVersion } from './mysql-server.ts';
import { startFirst } from './mysql-sources.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The MySQL of this run, without a database; undefined when there is none and its suites are skipped. */
    mysqlUrl: string | undefined;
  }
}

const HOW_TO_GET_ONE = 'start Docker, install mysqld or mariadbd, or set TEST_DATABASE_URL=mysql://user:password@host/';

/** Whoever has a server says so, and it is then an error if it does not answer. */
const useGivenMysql: MysqlSource = async () => {
  const url = process.env.TEST_DATABASE_URL;
  if (!url) return undefined;
  await mysqlVersion(url);
  return { url, origin: 'TEST_DATABASE_URL', stop() {} };
};

/** Gives the tests a MySQL before they start, and takes it away when all have run. */
export default async function setup(project: TestProject): Promise<(() => void) | undefined> {
  const say = (line: string) => project.vitest.logger.log(`MySQL: ${line}`);
  const server = await startFirst([useGivenMysql, startDockerMysql, startPrivateMysql, installMysql], say);
  if (server) {
    say(`${await mysqlVersion(server.url)}, ${server.origin}`);
    project.provide('mysqlUrl', server.url);
    return stopWithRun(server);
  }
  if (process.env.CI)
    throw new Error(`There is no MySQL, and with CI set its tests may not be skipped: ${HOW_TO_GET_ONE}`);
  say(`none here, its tests are skipped; ${HOW_TO_GET_ONE}`);
  return undefined;
}

/** Stops a server when the tests have run, and also when they are broken off, where vitest takes nothing down. */
function stopWithRun({ stop }: MysqlServer): () => void {
  process.once('exit', stop);
  return () => {
    process.off('exit', stop);
    stop();
  };
}

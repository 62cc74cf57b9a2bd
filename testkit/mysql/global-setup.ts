import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import { startDockerMysql } from './docker.ts';
import { type MysqlServer, type MysqlSource, mysqlVersion } from './server.ts';
import { startFirst } from './sources.ts';
import { startPrivateMysql } from './spawn.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** URL at which a test file asks for this run's MySQL. */
    mysqlBroker: string;
  }
}

const HOW_TO_GET_ONE = 'start Docker, install mysqld or mariadbd, or set TEST_DATABASE_URL=mysql://user:password@host/';

/** Uses the server in `TEST_DATABASE_URL`. If it does not answer, that is an error. */
const useGivenMysql: MysqlSource = async () => {
  const url = process.env.TEST_DATABASE_URL;
  if (!url) return undefined;
  await mysqlVersion(url);
  return { url, origin: 'TEST_DATABASE_URL', stop() {} };
};

/**
 * Starts a MySQL when the first test asks for it, and stops it after all tests. A run of unit tests starts none. Test
 * files run in processes of their own, so they ask over HTTP.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const say = (line: string) => project.vitest.logger.log(`MySQL: ${line}`);
  let started: Promise<MysqlServer | undefined> | undefined;
  const broker = createServer(async (_request, response) => {
    started ??= startMysql(say);
    try {
      response.end(JSON.stringify({ url: (await started)?.url }));
    } catch (error) {
      response.statusCode = 500;
      response.end(error instanceof Error ? error.message : `${error}`);
    }
  });
  await once(broker.listen(0, '127.0.0.1'), 'listening');
  project.provide('mysqlBroker', `http://127.0.0.1:${(broker.address() as AddressInfo).port}/`);
  return async function teardown() {
    broker.close();
    broker.closeAllConnections();
    const server = await started?.catch(() => undefined);
    if (!server) return;
    process.off('exit', server.stop);
    server.stop();
  };
}

async function startMysql(say: (line: string) => void): Promise<MysqlServer | undefined> {
  const server = await startFirst([useGivenMysql, startDockerMysql, startPrivateMysql], say);
  if (server) {
    // When a run is interrupted, vitest does not call the teardown.
    process.once('exit', server.stop);
    say(`${await mysqlVersion(server.url)}, ${server.origin}`);
    return server;
  }
  if (process.env.CI)
    throw new Error(`MySQL not found, and with CI set its tests may not be skipped: ${HOW_TO_GET_ONE}`);
  say(`not found, its tests are skipped; ${HOW_TO_GET_ONE}`);
  return undefined;
}

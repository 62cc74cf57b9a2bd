import { rm, writeFile } from 'node:fs/promises';
import { findProgram, firstLine, run } from '../processes/command.ts';
import type { MysqlSource } from './server.ts';
import { startPrivateMysql } from './spawn.ts';

/** What Debian asks before it starts a service that was just installed; 101 says no. */
const SERVICE_POLICY_FILE = '/usr/sbin/policy-rc.d';
const FORBID_SERVICES = '#!/bin/sh\nexit 101\n';

/** MariaDB's programs without a service, and where they are not packaged that way, all of it with the service kept off. */
const PACKAGE_SETS = [['mariadb-server-core', 'mariadb-client-core'], ['mariadb-server']];

/** A private server of a MariaDB that is installed for it, where that is ours to do: on Debian and Ubuntu, as root. */
export const installMysql: MysqlSource = async (say) => {
  const aptGet = await findProgram('apt-get');
  if (aptGet === undefined || process.getuid?.() !== 0) return undefined;
  for (const packages of PACKAGE_SETS) {
    const names = packages.join(' and ');
    say(`no Docker and no MySQL here: installing ${names} with apt-get …`);
    try {
      await withServicesForbidden(() => install(aptGet, packages));
    } catch (error) {
      say(`${names} could not be installed: ${firstLine(error)}`);
      continue;
    }
    const server = await startPrivateMysql(say);
    if (server) return server;
  }
  return undefined;
};

async function install(aptGet: string, packages: string[]): Promise<void> {
  const command = ['install', '--yes', '--no-install-recommends', ...packages];
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  try {
    await run(aptGet, command, { env });
  } catch {
    // A fresh machine has no lists of packages, an old one lists what is gone.
    await run(aptGet, ['update'], { env });
    await run(aptGet, command, { env });
  }
}

async function withServicesForbidden(work: () => Promise<void>): Promise<void> {
  const isOurs = await writeFile(SERVICE_POLICY_FILE, FORBID_SERVICES, { flag: 'wx', mode: 0o755 }).then(
    () => true,
    () => false,
  );
  try {
    await work();
  } finally {
    if (isOurs) await rm(SERVICE_POLICY_FILE);
  }
}

import { rm, writeFile } from 'node:fs/promises';
import { findProgram, firstLine, run } from '../processes/command.ts';
import type { MysqlSource } from './server.ts';
import { startPrivateMysql } from './spawn.ts';

/** Debian runs this script before it starts a newly installed service; exit code 101 forbids the start. */
const SERVICE_POLICY_FILE = '/usr/sbin/policy-rc.d';
const FORBID_SERVICES = '#!/bin/sh\nexit 101\n';

/**
 * MariaDB's programs without its service. The second set is for systems where only the whole server is packaged; its
 * service is kept from starting.
 */
const PACKAGE_SETS = [['mariadb-server-core', 'mariadb-client-core'], ['mariadb-server']];

/** Installs MariaDB and starts a private server, where we may do that: on Debian and Ubuntu, as root. */
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
    // A new machine has no package lists; an old machine's lists name packages that no longer exist.
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

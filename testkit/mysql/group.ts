import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';
import { parse } from 'yaml';
import { freePortRange } from '../network/free-ports.ts';
import { run } from '../processes/command.ts';
import { type Authority, createAuthority } from '../tls/authority.ts';

const SWARM = fileURLToPath(new URL('../../deploy/swarm', import.meta.url));
const IMAGE = 'mysql:9.7';
const MEMBERS = ['db-1', 'db-2', 'db-3'] as const;
/** Initialising three servers at once takes a minute on a busy machine. */
const WAIT = { timeout: 120_000, interval: 500 };

export type MemberName = (typeof MEMBERS)[number];

/** What a member says about itself: `ONLINE`, `RECOVERING`, `OFFLINE`, `ERROR` or `unreachable`. */
export interface Member {
  name: MemberName;
  state: string;
  isPrimary: boolean;
}

/**
 * Three MySQL servers in containers that form a group, as the stack of the swarm starts and joins them. They accept encrypted
 * connections only, with a certificate for `localhost`.
 */
export interface MysqlGroup {
  /** `localhost:port` of each member. */
  hosts: Record<MemberName, string>;
  /** The CA that signed their certificate, and one that did not. */
  authority: Authority;
  other: Authority;
  members(): Promise<Member[]>;
  /** Waits until the condition holds. @returns the members */
  untilMembers(holds: (members: Member[]) => boolean): Promise<Member[]>;
  /** Runs a statement as root of a member. @returns rows of tab-separated columns */
  execute(member: MemberName, statement: string): Promise<string>;
  /** Kills a member, as `kill -9` does. The lock of its socket then names a process that runs in the container, too, as happens by chance. */
  kill(member: MemberName): Promise<void>;
  /** Starts a killed member again on its data. */
  start(member: MemberName): Promise<void>;
  stop(): Promise<void>;
}

interface Stack {
  services: Record<MemberName, { command: string[]; configs: { source: string; target: string }[] }>;
  configs: Record<string, { file: string }>;
}

/** Returns the options of `docker run` that mount the stack's files, and its command. */
function stackMember(): { mounts: string[]; command: string[] } {
  const { services, configs } = parse(readFileSync(join(SWARM, 'stack.yml'), 'utf8'), { merge: true }) as Stack;
  const { command, configs: used } = services['db-1'];
  const mounts = used.map(({ source, target }) => `${join(SWARM, configs[source]?.file as string)}:${target}:ro`);
  return { mounts: mounts.flatMap((mount) => ['--volume', mount]), command };
}

/** Writes the passwords and the certificate that members read. They run as another user. */
async function writeSecrets(folder: string): Promise<{ authority: Authority; other: Authority }> {
  await chmod(folder, 0o755);
  const authority = await createAuthority(folder, 'authority');
  const files = { cert: join(folder, 'server.crt'), key: join(folder, 'server.key') };
  await authority.sign('localhost', files);
  await chmod(files.key, 0o644);
  await writeFile(join(folder, 'lock'), '1\n');
  for (const name of ['root', 'group']) await writeFile(join(folder, name), randomBytes(12).toString('hex'));
  return { authority, other: await createAuthority(folder, 'other') };
}

/** Starts the members and waits until all are online. The first one is the primary. */
export async function startMysqlGroup(): Promise<MysqlGroup> {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-group-'));
  const prefix = `mooring-test-group-${randomBytes(4).toString('hex')}`;
  const { authority, other } = await writeSecrets(folder);
  const port = await freePortRange(MEMBERS.length);
  const hosts = Object.fromEntries(MEMBERS.map((name, index) => [name, `localhost:${port + index}`]));
  const container = (member: string) => `${prefix}-${member}`;
  const bash = (member: string, script: string, ...args: string[]) =>
    run('docker', ['exec', container(member), 'bash', '-c', `. /mooring/sql.sh; ${script}`, '-', ...args]);

  async function stop(): Promise<void> {
    spawnSync('docker', ['rm', '--force', '--volumes', ...MEMBERS.map(container)]);
    spawnSync('docker', ['network', 'rm', prefix]);
    await rm(folder, { recursive: true, force: true });
  }

  async function members(): Promise<Member[]> {
    const rows = await Promise.any(MEMBERS.map((member) => bash(member, 'survey')));
    return rows.split('\n').map((row) => {
      const [name, state = '', role] = row.split('\t');
      return { name: name as MemberName, state, isPrimary: role === 'PRIMARY' };
    });
  }

  async function untilMembers(holds: (members: Member[]) => boolean): Promise<Member[]> {
    return await vi.waitFor(async () => {
      const found = await members();
      if (!holds(found)) throw new Error(`the members are ${JSON.stringify(found)}`);
      return found;
    }, WAIT);
  }

  try {
    await run('docker', ['network', 'create', prefix]);
    await Promise.all(
      MEMBERS.map((member, index) =>
        runMember({ member, prefix, port: port + index, folder, name: container(member) }),
      ),
    );
    await untilMembers((found) => found.every(({ state }) => state !== 'unreachable'));
    await bash('db-1', 'form_group db-1');
    await untilMembers((found) => found.every(({ state }) => state === 'ONLINE'));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    hosts: hosts as MysqlGroup['hosts'],
    authority,
    other,
    members,
    untilMembers,
    execute: (member, statement) => bash(member, 'sql <<<"$1"', statement),
    async kill(member) {
      await run('docker', ['kill', '--signal', 'KILL', container(member)]);
      await run('docker', ['cp', join(folder, 'lock'), `${container(member)}:/var/run/mysqld/mysqld.sock.lock`]);
    },
    async start(member) {
      await run('docker', ['start', container(member)]);
    },
    stop,
  };
}

interface MemberOptions {
  member: string;
  /** The name of its container. */
  name: string;
  /** The name of the network. */
  prefix: string;
  port: number;
  /** The folder with the passwords and the certificate. */
  folder: string;
}

async function runMember({ member, name, prefix, port, folder }: MemberOptions): Promise<void> {
  const { mounts, command } = stackMember();
  const variables = {
    MYSQL_ROOT_PASSWORD_FILE: '/run/secrets/root/password',
    MYSQL_ROOT_HOST: 'localhost',
    MYSQL_DATABASE: 'mooring',
    GROUP_NAME: '6d6f6f72-696e-4700-8000-000000000001',
    GROUP_MEMBERS: MEMBERS.join(' '),
    RES_OPTIONS: 'timeout:1 attempts:1',
    // As docker-compose.yml gives them.
    DB_BINLOG_HOURS: '24',
    DB_MAX_CONNECTIONS: '500',
  };
  const tls = ['--ssl-ca=/tls/authority.crt', '--ssl-cert=/tls/server.crt', '--ssl-key=/tls/server.key'];
  await run('docker', [
    ...['run', '--detach', '--init', '--user', 'mysql', '--name', name, '--hostname', member],
    ...['--network', prefix, '--network-alias', member, '--publish', `127.0.0.1:${port}:3306`],
    ...Object.entries(variables).flatMap(([variable, value]) => ['--env', `${variable}=${value}`]),
    ...['root', 'group'].flatMap((secret) => [
      '--volume',
      `${join(folder, secret)}:/run/secrets/${secret}/password:ro`,
    ]),
    ...mounts,
    ...['--volume', `${folder}:/tls:ro`, '--entrypoint', 'bash', IMAGE, '/mooring/entrypoint.sh'],
    ...[...command, '--require-secure-transport=ON', ...tls],
  ]);
}

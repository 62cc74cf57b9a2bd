import { readFileSync } from 'node:fs';
import mysql from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { parseMysqlUrl } from '../../cli/mysql-url.ts';
import type { Database } from '../../origin/database/database.ts';
import { openDatabase } from '../../origin/database/open.ts';
import { createLogger } from '../../origin/log/logger.ts';
import { visits } from '../../testkit/http/visits.ts';
import { type Member, type MemberName, type MysqlGroup, startMysqlGroup } from '../../testkit/mysql/group.ts';
import { runOrigin, startOrigin } from '../../testkit/processes/origin.ts';
import { readLedger } from '../../testkit/stores/mysql-ledger.ts';
import { visitInLoops } from '../../testkit/stores/visit-loops.ts';

let group: MysqlGroup;

beforeAll(async () => {
  group = await startMysqlGroup();
  const statements = [
    "create user app@'%' identified by 'pw'",
    "grant all on mooring.* to app@'%'",
    "grant select on performance_schema.replication_group_members to app@'%'",
  ];
  await group.execute('db-1', `${statements.join('; ')};`);
  const { store } = await openDatabase(configOf(withCa()), createLogger('silent'), { migrate: true });
  await store.close();
});
afterAll(() => group?.stop());

const hostList = () => Object.values(group.hosts).join(',');
const withCa = () => `ssl-ca=${group.authority.caFile}`;

const configOf = (parameters: string) =>
  ({ kind: 'mysql', connection: parseMysqlUrl(`mysql://app:pw@${hostList()}/mooring?${parameters}`) }) as const;

/** Opens the database as a replica does. */
async function open(parameters: string): Promise<Database> {
  const database = await openDatabase(configOf(parameters), createLogger('silent'), { migrate: false });
  onTestFinished(database.store.close);
  return database;
}

async function ledgerOf(member: MemberName) {
  const uri = `mysql://app:pw@${group.hosts[member]}/mooring`;
  const connection = await mysql.createConnection({ uri, ssl: { ca: readFileSync(group.authority.caFile, 'utf8') } });
  try {
    return await readLedger(connection);
  } finally {
    connection.destroy();
  }
}

const nameOf = (found: Member | undefined) => (found as Member).name;
const isPrimary = ({ isPrimary }: Member) => isPrimary;

describe('a group of MySQL servers that accept encrypted connections only', () => {
  test('is migrated and counts at the primary, whose certificate is verified', async () => {
    const { store, servers } = await open(withCa());
    const { counter } = await ledgerOf('db-1');
    expect(await store.commit(visits('a'))).toEqual([counter + 1]);
    expect(servers?.primary()).toBe(group.hosts['db-1']);
  });

  test.each([
    ['a certificate of another CA', () => `ssl-ca=${group.other.caFile}`, /certificate.*DB_TLS_CA_FILE/],
    ['a certificate of no public CA', () => 'ssl-mode=VERIFY_IDENTITY', /certificate.*DB_TLS_CA_FILE/],
    ['no TLS', () => 'ssl-mode=DISABLED', /insecure transport.*: set DB_TLS=verify/],
  ])('is not used with %s', async (_what, parameters, reason) => {
    const opening = open(parameters());
    await expect(opening).rejects.toThrow(/expected an encrypted connection to one of them, got none/);
    await expect(opening).rejects.toThrow(reason);
  });

  test('DB_TLS=verify: a replica counts with the right CA, and does not start with another one', async () => {
    const env = { DB_HOST: hostList(), DB_NAME: 'mooring', DB_USER: 'app', DB_PASSWORD: 'pw', DB_TLS: 'verify' };
    const replica = await startOrigin({ ...env, DB_TLS_CA_FILE: group.authority.caFile });
    onTestFinished(replica.stop);
    expect((await fetch(`${replica.url}/`)).status).toBe(200);
    // It would end by itself also if it trusted the servers.
    const { exited } = runOrigin(['--migrate-only'], { ...env, DB_TLS_CA_FILE: group.other.caFile });
    const { code, stderr } = await exited;
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/certificate.*DB_TLS_CA_FILE/);
  });

  test('V4: visits survive kill -9 of the primary, those in flight included, and the member comes back with them', async () => {
    const database = await open(withCa());
    const { counter: before } = await ledgerOf('db-1');
    const visiting = visitInLoops(database);
    await visiting.more(20);
    const killed = nameOf((await group.members()).find(isPrimary));
    await group.kill(killed);
    await visiting.more(20, 60_000);
    await visiting.stop();

    const found = await group.untilMembers((members) => members.some(isPrimary));
    const primary = nameOf(found.find(isPrimary));
    expect(primary).not.toBe(killed);
    expect(database.servers?.primary()).toBe(group.hosts[primary]);
    const { counter, rows } = await ledgerOf(primary);
    const answered = new Map(rows.map(({ requestId, number }) => [requestId, number]));
    for (const [requestId, number] of visiting.counted) expect(answered.get(requestId)).toBe(number);
    expect(rows.map(({ number }) => number)).toEqual(rows.map((_, index) => index + 1));
    expect([counter, rows.length]).toEqual([before + visiting.counted.size, before + visiting.counted.size]);

    await group.start(killed);
    await group.untilMembers((members) => members.every(({ state }) => state === 'ONLINE'));
    await expect.poll(async () => (await ledgerOf(killed)).counter).toBe(counter);
  });
});

import { describe, expect, test } from 'vitest';
import { runInShell } from './swarm-shell.ts';

/** What `group.sh status` finds: a row for each member. */
const group = (...states: string[]) => `
  'ps '*) echo container ;;
  'exec '*) printf '%b' '${states.map((state, index) => `db-${index + 1}\\t${state}\\tmajority\\tx:1\\n`).join('')}' ;;`;
const WHOLE = group('ONLINE\\tSECONDARY', 'ONLINE\\tPRIMARY', 'ONLINE\\tSECONDARY');
const NONE = group('OFFLINE\\t-', 'OFFLINE\\t-', 'OFFLINE\\t-');

describe('deploy.sh and the database:', () => {
  /** A stack whose members run or not, or that does not exist yet. */
  const stack = (rows: string, { exists = true, running = '1/1' } = {}) => `
  case "$*" in
  'service inspect'*TaskTemplate*) echo task ;;
  'service inspect'*) ${exists ? 'true' : 'return 1'} ;;
  'service ls'*) for member in db-1 db-2 db-3; do echo "s_$member $(cat "$SETTINGS/running" 2>/dev/null || echo ${running})"; done ;;
  ${rows}
  esac`;
  // Members run once they are deployed.
  const command = `deploy() { echo "deploys $1"; echo 1/1 >"$SETTINGS/running"; }
export SETTINGS
is_first= has_skipped=
deploy_members
[[ -n $is_first ]] || require_primary
echo "first: \${is_first:-0} skipped: \${has_skipped:-0}"`;
  const deployed = (docker: string) => {
    const { status, stdout, stderr } = runInShell(docker, command);
    return { status, stdout: stdout.split('\n').filter((line) => line !== '' && !line.startsWith('Waiting')), stderr };
  };

  test('the first time deploys all members, before there is a group', () => {
    expect(deployed(stack(NONE, { exists: false, running: '0/1' }))).toEqual({
      status: 0,
      stdout: ['deploys db-[1-3]', 'first: 1 skipped: 0'],
      stderr: '',
    });
  });

  test('replaces the members of a whole group one after the other', () => {
    expect(deployed(stack(WHOLE))).toEqual({
      status: 0,
      stdout: ['deploys db-1', 'deploys db-2', 'deploys db-3', 'first: 0 skipped: 0'],
      stderr: '',
    });
  });

  test('replaces none while one is missing', () => {
    const rows = group('ONLINE\\tPRIMARY', 'unreachable\\t-', 'ONLINE\\tSECONDARY');
    const { status, stdout, stderr } = deployed(stack(rows));
    expect({ status, stdout }).toEqual({ status: 0, stdout: ['first: 0 skipped: 1'] });
    expect(stderr).toContain('not every member of the database group is online, so none is replaced');
  });

  test('after all members were down names the command that forms the group again', () => {
    const { status, stdout, stderr } = deployed(stack(NONE, { running: '0/1' }));
    expect({ status, stdout }).toEqual({ status: 1, stdout: ['deploys db-[1-3]'] });
    expect(stderr).toBe(
      'the database group has no primary, so nothing else was deployed: form it with deploy/swarm/group.sh restart (bootstrap if it never was formed), then run this again\n',
    );
  });

  test('says that the member of this machine does not run', () => {
    const { status, stderr } = deployed(stack("'ps '*) true ;;"));
    expect(status).toBe(1);
    expect(stderr).toContain(
      'the member of this machine does not answer, so nothing else was deployed: docker service ps --no-trunc s_db-1 (2, 3) may say why\n',
    );
  });
});

describe("the job that sets the database's users", () => {
  const NOW = '[A=b RELEASE=20261127040000]';
  const BEFORE = '[A=b RELEASE=20261126040000]';
  const check = (...tasks: string[]) => {
    const docker = `
  case "$*" in
  'node ls'*) printf '%s\\n' id1 id2 ;;
  'node inspect'*id1) echo '1 id1 node1' ;;
  'node inspect'*id2) echo '2 id2 node2' ;;
  'service ps'*node=id2*) echo task ;;
  'inspect --type task'*) printf '%s\\n' ${tasks.map((task) => `'${task}'`).join(' ') || "''"} ;;
  ${WHOLE}
  esac`;
    return runInShell(docker, 'RELEASE=20261127040000; if users_are_set; then echo set; else echo not yet; fi');
  };

  test.each([
    ['has not started', []],
    ['was done by the deployment before', [`complete complete ${BEFORE}`]],
    ['runs', [`running complete ${NOW}`]],
    ['failed and starts again', [`ready ready ${NOW}`, `failed shutdown ${NOW}`]],
  ])('is awaited if it %s', (_what, tasks) => {
    expect(check(...tasks)).toMatchObject({ status: 0, stdout: 'not yet\n', stderr: '' });
  });

  test('is done when its task at the primary is complete', () => {
    expect(check(`complete complete ${NOW}`, `failed shutdown ${NOW}`)).toMatchObject({ status: 0, stdout: 'set\n' });
  });

  test('has failed when Docker starts it no more, and the error names its log', () => {
    const { status, stdout, stderr } = check(`failed shutdown ${NOW}`, `failed shutdown ${NOW}`);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toBe(
      "the database's users may have old passwords and rights, because the job s_users failed: docker service logs s_users says why; then run this again\n",
    );
  });
});

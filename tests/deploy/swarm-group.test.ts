import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/** Runs group.sh with a function in place of `docker`. */
function run(docker: string, ...args: string[]) {
  const script = `docker() { ${docker} }; export -f docker; deploy/swarm/group.sh "$@"`;
  return spawnSync('bash', ['-c', script, '-', ...args], { cwd: PROJECT, encoding: 'utf8', timeout: 20_000 });
}

/** The machine of member 2. */
const machine = (isManager: boolean, rows = '', more = '') => `
  case "$*" in
  info*) echo ${isManager} ;;
  'ps '*) echo container ;;
  'exec '*) printf '%b' '${rows}' ;;
  'node inspect self'*) echo 2 ;;
  ${more}
  esac`;
const ROWS = 'db-1\\tONLINE\\tSECONDARY\\tmajority\\tx:1\\ndb-2\\tONLINE\\tPRIMARY\\tmajority\\tx:1\\n';

describe('group.sh on a machine that is no manager', () => {
  test.each([['join', '2', 'node4'], ['rebuild']])('rejects %s', (...args) => {
    expect(run(machine(false, ROWS), ...args)).toMatchObject({
      status: 2,
      stdout: '',
      stderr: `deploy/swarm/group.sh: ${args[0]}: expected a manager of the swarm, got another machine: run this on a manager, or make this machine one with docker node promote\n`,
    });
  });

  test('shows the members', () => {
    expect(run(machine(false, ROWS), 'status')).toMatchObject({
      status: 0,
      stdout: '  db-1  ONLINE secondary\n  db-2  ONLINE primary\n',
    });
  });
});

test('group.sh rebuild names the command with which another member takes over', () => {
  expect(run(machine(true, ROWS), 'rebuild')).toMatchObject({
    status: 2,
    stderr:
      'deploy/swarm/group.sh: rebuild: db-2 is the primary: run docker service update --force mooring_db-2 first, so that another takes over\n',
  });
});

test('group.sh join changes nothing if a machine with the label is up', () => {
  const more = `'node inspect'*'{{.ID}}'*) echo id4 ;;
  'node ls'*) printf '%s\\n' id1 id2 id4 ;;
  'node inspect'*State*id1) echo 'node1 down 2' ;;
  'node inspect'*State*id2) echo 'node2 ready 2' ;;
  'node inspect'*State*id4) echo 'node4 ready ' ;;
  'node update'*) echo "docker $*" >&2 ;;`;
  expect(run(machine(true, ROWS, more), 'join', '2', 'node4')).toMatchObject({
    status: 2,
    stderr: 'deploy/swarm/group.sh: join: member 2 is on node2, which is not down\n',
  });
});

import { describe, expect, test } from 'vitest';
import { runInShell } from './swarm-shell.ts';

describe('deploy.sh runs on', () => {
  /** Three machines, and this one with a label. */
  const swarm = (label: string, labels = ['1', '2', '3'], isManager = true) => `
  case "$*" in
  info*) echo ${isManager} ;;
  'node ls'*) printf '%s\\n' ${labels.map((_label, index) => `id${index}`).join(' ')} ;;
  *'inspect self'*) echo '${label}' ;;
  ${labels.map((each, index) => `*'inspect '*id${index}) echo '${each} id${index} node${index}' ;;`).join('\n  ')}
  esac`;

  test('a manager with a member', () => {
    expect(runInShell(swarm('2'), 'check_swarm')).toMatchObject({ status: 0, stderr: '' });
  });

  test.each([
    [
      'no manager',
      swarm('2', ['1', '2', '3'], false),
      'this machine is not a manager of a swarm: docker swarm init, or docker swarm join with the token of docker swarm join-token manager',
    ],
    [
      'a swarm with two machines for members',
      swarm('2', ['3', '', '2']),
      'expected three machines with the labels mooring.db=1, 2 and 3, got "2 3"; for example docker node update --label-add mooring.db=1 NODE',
    ],
    [
      'a manager without a member',
      swarm('', ['3', '1', '', '2']),
      'this machine has no member of the database group, through which the group is seen: run this on one of node1 node3 node0',
    ],
  ])('not on %s', (_what, docker, message) => {
    expect(runInShell(docker, 'check_swarm')).toMatchObject({ status: 2, stdout: '', stderr: `${message}\n` });
  });
});

test.each(['HTTP_PORT', 'EDGE_PORT', 'GRAFANA_PORT'])('%s is a port without an address', (name) => {
  const check = (value: string) => runInShell('return 1;', `ORIGIN_IMAGE=i ${name}=${value}; check_variables`);
  expect(check('8080').status).toBe(0);
  const { status, stderr } = check('127.0.0.1:8080');
  expect(status).toBe(2);
  expect(stderr).toContain(`${name}: expected a port without an address, got "127.0.0.1:8080"; for example ${name}=`);
});

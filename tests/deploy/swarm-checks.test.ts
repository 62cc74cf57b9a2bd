import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runInShell } from './swarm-shell.ts';

const deploy = readFileSync(new URL('../../deploy/swarm/deploy.sh', import.meta.url), 'utf8');
const stack = readFileSync(new URL('../../deploy/swarm/stack.yml', import.meta.url), 'utf8');

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

describe('the settings of the swarm alone:', () => {
  const check = (name: string, value: string) =>
    runInShell('return 1;', `ORIGIN_IMAGE=i ${name}=${value}; check_variables`);

  test.each([
    ['HTTP_PORT', '8080'],
    ['GRAFANA_PORT', '65535'],
    ['DB_GROUP_NAME', '2f1d6d1c-6c1f-4b52-9d0a-6d6f6f72696e'],
    ['DB_GROUP_NAME', ''],
  ])('%s=%s is accepted', (name, value) => {
    expect(check(name, value)).toMatchObject({ status: 0, stderr: '' });
  });

  test.each([
    ['HTTP_PORT', '127.0.0.1:8080', 'HTTP_PORT: expected a port from 1 to 65535 without an address'],
    ['EDGE_PORT', '0', 'EDGE_PORT: expected a port from 1 to 65535 without an address'],
    ['EDGE_PORT', '65536', 'EDGE_PORT: expected a port from 1 to 65535 without an address'],
    ['GRAFANA_PORT', '99999', 'GRAFANA_PORT: expected a port from 1 to 65535 without an address'],
    ['DB_GROUP_NAME', 'mooring', 'DB_GROUP_NAME: expected a UUID in lower case'],
    ['DB_GROUP_NAME', '2F1D6D1C-6C1F-4B52-9D0A-6D6F6F72696E', 'DB_GROUP_NAME: expected a UUID in lower case'],
  ])('%s=%s is rejected', (name, value, message) => {
    const { status, stderr } = check(name, value);
    expect(status).toBe(2);
    expect(stderr).toContain(`${message}, got "${value}"; for example ${name}=`);
  });

  test.each(['DB_GROUP_NAME'])('%s has the same default everywhere', (name) => {
    const used = stack.match(new RegExp(`\\$\\{${name}:-([^}]+)\\}`))?.[1];
    const documented = deploy.match(new RegExp(`^  ${name} [^(]*\\(default ([^)]+)\\)`, 'm'))?.[1];
    expect(used).toBeDefined();
    expect(documented).toBe(used);
  });
});

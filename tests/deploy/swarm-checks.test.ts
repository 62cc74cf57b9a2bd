import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runInShell } from './swarm-shell.ts';

const REJECTED_SUBNET = 'FRONT_SUBNET: expected the address of an IPv4 network and its length';

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
    ['FRONT_SUBNET', '10.214.1.0/24'],
    ['FRONT_SUBNET', '172.20.16.0/20'],
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
    ['FRONT_SUBNET', '10.214.1.0', REJECTED_SUBNET],
    ['FRONT_SUBNET', '10.214.1.0/33', REJECTED_SUBNET],
    ['FRONT_SUBNET', '10.256.1.0/24', REJECTED_SUBNET],
    ['FRONT_SUBNET', '10.214.01.0/24', REJECTED_SUBNET],
    ['FRONT_SUBNET', '10.214.1.5/24', REJECTED_SUBNET],
    ['FRONT_SUBNET', 'fd00::/64', REJECTED_SUBNET],
    ['DB_GROUP_NAME', 'mooring', 'DB_GROUP_NAME: expected a UUID in lower case'],
    ['DB_GROUP_NAME', '2F1D6D1C-6C1F-4B52-9D0A-6D6F6F72696E', 'DB_GROUP_NAME: expected a UUID in lower case'],
  ])('%s=%s is rejected', (name, value, message) => {
    const { status, stderr } = check(name, value);
    expect(status).toBe(2);
    expect(stderr).toContain(`${message}, got "${value}"; for example ${name}=`);
  });

  test.each(['FRONT_SUBNET', 'DB_GROUP_NAME'])('%s has the same default everywhere', (name) => {
    const used = stack.match(new RegExp(`\\$\\{${name}:-([^}]+)\\}`))?.[1];
    const documented = deploy.match(new RegExp(`^  ${name} [^(]*\\(default ([^)]+)\\)`, 'm'))?.[1];
    expect(used).toBeDefined();
    expect(documented).toBe(used);
  });
});

describe('the network of the replicas, which Docker leaves as it is,', () => {
  /** What Docker has of the network, as the template prints it. */
  const network = (existing?: string) => `
  case "$*" in
  'network ls'*) ${existing === undefined ? 'true' : 'echo id'} ;;
  'network inspect'*) echo '${existing}' ;;
  esac`;
  const ENCRYPTED = '10.214.1.0/24|com.docker.network.driver.overlay.vxlanid_list encrypted ';
  const PLAIN = '10.9.0.0/16|com.docker.network.driver.overlay.vxlanid_list ';
  const check = (existing: string | undefined, settings: string) =>
    runInShell(network(existing), `${settings}; check_network`);

  test.each([
    ['does not exist', undefined, 'encrypted=1 FRONT_SUBNET=10.9.0.0/16'],
    ['has the default subnet', ENCRYPTED, 'encrypted=1'],
    ['has the subnet of FRONT_SUBNET and is plain', PLAIN, 'encrypted= FRONT_SUBNET=10.9.0.0/16'],
    ['has no subnet yet', '|encrypted ', 'encrypted=1'],
  ])('fits if it %s', (_what, existing, settings) => {
    expect(check(existing, settings)).toMatchObject({ status: 0, stderr: '' });
  });

  test.each([
    [
      'another subnet',
      ENCRYPTED,
      'encrypted=1 FRONT_SUBNET=10.9.0.0/16',
      'FRONT_SUBNET: expected 10.214.1.0/24, which the network s_front has, got "10.9.0.0/16"',
    ],
    [
      'the default in place of another subnet',
      PLAIN,
      'encrypted=',
      'FRONT_SUBNET: expected 10.9.0.0/16, which the network s_front has, got "10.214.1.0/24"',
    ],
    [
      '--plain-networks for an encrypted network',
      ENCRYPTED,
      'encrypted=',
      '--plain-networks: expected no such option, because the network s_front is encrypted, got it',
    ],
    [
      'no --plain-networks for a plain one',
      PLAIN,
      'encrypted=1 FRONT_SUBNET=10.9.0.0/16',
      '--plain-networks: expected this option, because the network s_front is not encrypted, got none',
    ],
  ])('does not fit %s', (_what, existing, settings, message) => {
    const { status, stderr } = check(existing, settings);
    expect(status).toBe(2);
    expect(stderr).toBe(
      `${message}. Docker changes no network that exists: go back to it, or remove the stack with docker stack rm s, run this again and then deploy/swarm/group.sh restart (an outage; the data stays)\n`,
    );
  });
});

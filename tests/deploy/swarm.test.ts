import { spawnSync } from 'node:child_process';
import { globSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => parse(readFileSync(`${PROJECT}/${path}`, 'utf8'), { merge: true });

interface Service {
  [key: string]: unknown;
  image?: string;
  environment?: Record<string, unknown>;
  configs?: { source: string; target: string; mode?: number }[];
  secrets?: { source: string; target: string }[];
  volumes?: string[];
  ports?: { mode: string }[];
  networks?: string[] | Record<string, unknown>;
  healthcheck?: { test?: string[] };
  deploy?: Record<string, unknown>;
}

const compose = read('docker-compose.yml') as { services: Record<string, Service>; 'x-db-values': string };
const origin = (read('origin/compose.yml') as { services: Record<string, Service> }).services;
const edge = (read('worker/compose.yml') as { services: Record<string, Service> }).services;
const monitoring = (read('monitoring/compose.yml') as { services: Record<string, Service> }).services;
const stack = read('deploy/swarm/stack.yml') as {
  services: Record<string, Service>;
  networks: Record<string, { driver: string; driver_opts: object; internal?: boolean }>;
  secrets: Record<string, { external: boolean }>;
  configs: Record<string, { file: string; name: string }>;
};
const swarm = (name: string) => stack.services[name] as Service;
const MEMBERS = ['db-1', 'db-2', 'db-3'];
const networksOf = ({ networks = [] }: Service) =>
  (Array.isArray(networks) ? networks : Object.keys(networks)).toSorted();

describe('the stack has, like docker-compose.yml,', () => {
  const composeOrigin = { ...origin.origin, ...origin.replica } as Service;
  // Swarm's own MySQL has no certificate of a CA.
  const withoutCa = ({ DB_TLS_CA_FILE: _ca, ...environment }: Record<string, unknown>) => environment;
  const originEnvironment = withoutCa({ ...origin.origin?.environment, ...origin.replica?.environment });
  const {
    DB_HOST: _db,
    SERVER_IP: _ip,
    RES_OPTIONS: _o,
    UV_THREADPOOL_SIZE: _t,
    ...swarmOrigin
  } = swarm('origin').environment ?? {};
  const { DB_HOST: _h, RES_OPTIONS: _r, UV_THREADPOOL_SIZE: _s, ...swarmEdge } = swarm('edge').environment ?? {};
  const composeDb = compose.services.db as Service;
  const composeNginx = compose.services.nginx as Service;
  const limits = (service: Service) => (service.deploy?.resources as { limits?: unknown } | undefined)?.limits;

  test.each([
    ['the image of the database', swarm('db-1').image, composeDb.image],
    ['the image of Nginx', swarm('nginx').image, composeNginx.image],
    [
      "the replicas' environment",
      { DB_HOST: 'db', SERVER_IP: 'replica', DB_USER: undefined, ...swarmOrigin },
      { DB_USER: 'mooring', ...originEnvironment },
    ],
    [
      "the edge's environment",
      { DB_HOST: 'db', ...swarmEdge },
      withoutCa({ ...edge.base?.environment, ...edge.edge?.environment }),
    ],
    ["Nginx's environment", swarm('nginx').environment, composeNginx.environment],
    ["Nginx's capabilities", swarm('nginx').cap_add, composeNginx.cap_add],
    ["Nginx's open files", swarm('nginx').ulimits, composeNginx.ulimits],
    ["Nginx's health check", swarm('nginx').healthcheck?.test, composeNginx.healthcheck?.test],
    ["the database's health check", swarm('db-1').healthcheck?.test, composeDb.healthcheck?.test],
    ["the database's user", swarm('db-1').user, composeDb.user],
    ['the time to stop of the database', swarm('db-1').stop_grace_period, composeDb.stop_grace_period],
    ['the time to stop of a replica', swarm('origin').stop_grace_period, composeOrigin.stop_grace_period],
    ['the time to stop of Nginx', swarm('nginx').stop_grace_period, composeNginx.stop_grace_period],
    ['the time to stop of the edge', swarm('edge').stop_grace_period, edge.base?.stop_grace_period],
    ["the database's limits", limits(swarm('db-1')), limits(composeDb)],
    ["the replicas' limits", limits(swarm('origin')), limits(compose.services.origin as Service)],
    ["Nginx's limits", limits(swarm('nginx')), limits(composeNginx)],
    ["the edge's limits", limits(swarm('edge')), limits(edge.base as Service)],
    ['the image of Prometheus', swarm('prometheus').image, monitoring.prometheus?.image],
    ["Prometheus's command", swarm('prometheus').command, monitoring.prometheus?.command],
    ["Prometheus's health check", swarm('prometheus').healthcheck?.test, monitoring.prometheus?.healthcheck?.test],
    ["Prometheus's limits", limits(swarm('prometheus')), limits(monitoring.prometheus as Service)],
    ['the image of Grafana', swarm('grafana').image, monitoring.grafana?.image],
    [
      "Grafana's environment, except that viewing needs a password",
      { GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer', ...swarm('grafana').environment },
      { ...monitoring.grafana?.environment, GF_AUTH_ANONYMOUS_ENABLED: 'false' },
    ],
    ["Grafana's health check", swarm('grafana').healthcheck, monitoring.grafana?.healthcheck],
    ["Grafana's limits", limits(swarm('grafana')), limits(monitoring.grafana as Service)],
    ['the number of replicas', swarm('origin').deploy?.replicas, compose.services.origin?.deploy?.replicas],
  ])('%s', (_what, ours, theirs) => {
    expect(theirs).toBeDefined();
    expect(ours).toEqual(theirs);
  });

  test.each(['origin', 'nginx', 'edge', 'prometheus', 'grafana'])('the networks of %s', (name) => {
    expect(networksOf(swarm(name))).toEqual(networksOf(compose.services[name] as Service));
  });

  test('the files of Nginx, at the same places', () => {
    const mounted = (composeNginx.volumes ?? [])
      .filter((volume) => volume.startsWith('./'))
      .flatMap((volume) => {
        const [source = '', target = ''] = volume.split(':');
        const files = statSync(`${PROJECT}/${source}`).isDirectory()
          ? globSync(`${source}/*`, { cwd: PROJECT })
          : [source];
        const inside = (file: string) =>
          file === source ? target : `${target}${file.slice(source.length - './'.length)}`;
        return files.map((file) => `${file.replace(/^\.\//, '')} ${inside(file)}`);
      });
    const configured = swarm('nginx').configs?.map(({ source, target }) => {
      return `${stack.configs[source]?.file.replace('../../', '')} ${target}`;
    });
    expect(configured?.toSorted()).toEqual(mounted.toSorted());
    for (const { target, mode } of swarm('nginx').configs ?? []) {
      // Docker reads it as octal.
      expect(mode, target).toBe(target.startsWith('/docker-entrypoint.d/') ? 555 : undefined);
    }
  });

  test.each(['prometheus', 'grafana'])('the files of %s, at the same places', (name) => {
    const folders = ((monitoring[name] as Service).volumes ?? []).map(
      (volume) => volume.split(':') as [string, string],
    );
    const mounted = folders.map(([source, target]) => [source.replace('./', '../../monitoring/'), target] as const);
    const configured = (swarm(name).configs ?? []).map(
      ({ source, target }) => [stack.configs[source]?.file, target] as const,
    );
    for (const [file = '', target] of configured.filter(([, place]) => !place.includes('/targets/'))) {
      const folder = mounted.find(([source]) => file.startsWith(source));
      expect(target).toBe(file.replace(...(folder as readonly [string, string])));
    }
    const files = mounted.flatMap(([source]) =>
      statSync(`${PROJECT}/deploy/swarm/${source}`).isDirectory()
        ? globSync('**/*.*', { cwd: `${PROJECT}/deploy/swarm/${source}` }).map((file) => `${source}/${file}`)
        : [source],
    );
    expect(configured.map(([file]) => file)).toEqual(expect.arrayContaining(files));
  });

  test('the options of the database, except where its log goes', () => {
    const options = (service: Service) => (service.command as string[]).filter((option) => !option.includes('log'));
    expect(options(swarm('db-1'))).toEqual(options(composeDb));
  });

  test.each(['db-1', 'users', 'migrate', 'origin', 'edge', 'prometheus', 'grafana', 'mysqld-exporter'])(
    'no rights for %s',
    (name) => {
      expect(swarm(name)).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
    },
  );
});

describe('the stack', () => {
  test.each(Object.keys(stack.networks))('encrypts the network %s', (name) => {
    expect(stack.networks[name]).toMatchObject({ driver: 'overlay', driver_opts: { encrypted: '' } });
  });

  test('opens the networks front and back to no one outside', () => {
    expect(stack.networks.front?.internal).toBe(true);
    expect(stack.networks.back?.internal).toBe(true);
  });

  test.each(Object.keys(stack.services).filter((name) => !['users', 'migrate'].includes(name)))(
    '%s has no virtual address, and only ports of its own machine',
    (name) => {
      expect(swarm(name).deploy?.endpoint_mode).toBe('dnsrr');
      for (const { mode } of swarm(name).ports ?? []) expect(mode).toBe('host');
    },
  );

  test('starts a new replica before the old one ends, and goes back if it does not get healthy', () => {
    expect(swarm('origin').deploy?.update_config).toMatchObject({ order: 'start-first', failure_action: 'rollback' });
    expect(swarm('origin').healthcheck?.test).toEqual(['CMD', 'node', 'origin/health-check.ts', '/tmp/was-ready']);
  });

  test.each(['prometheus', 'grafana', 'mysqld-exporter'])('runs %s only where a label says so', (name) => {
    const placement = { constraints: ['node.labels.mooring.monitoring == 1'] };
    expect(swarm(name).deploy).toMatchObject({ mode: 'global', placement });
  });

  test('watches each member of the group', () => {
    expect(read('monitoring/targets/mysql-group.yml')).toEqual([{ targets: MEMBERS.map((name) => `${name}:3306`) }]);
  });

  test.each(MEMBERS)('keeps %s on its machine, under its name', (name) => {
    const number = name.slice('db-'.length);
    expect(swarm(name)).toMatchObject({
      hostname: name,
      environment: { GROUP_MEMBERS: MEMBERS.join(' ') },
      deploy: { replicas: 1, placement: { constraints: [`node.labels.mooring.db == ${number}`] } },
    });
  });

  test('gives each program only the passwords that it needs, and none in its environment', () => {
    const secrets = (name: string) => swarm(name).secrets?.map(({ source, target }) => `${source}: ${target}`);
    expect(secrets('db-1')).toEqual(['root: root/password', 'group: group/password']);
    const ofUsers = ['root', 'migrate', 'app', 'monitor'].map((user) => `${user}: ${user}/password`);
    expect(secrets('users')).toEqual(ofUsers);
    expect(secrets('migrate')).toEqual(['migrate: db/password']);
    expect(secrets('origin')).toEqual(['app: db/password']);
    expect(secrets('edge')).toEqual(['app: db/password']);
    expect(secrets('mysqld-exporter')).toEqual(['monitor: monitor/password']);
    expect(secrets('grafana')).toEqual(['grafana: grafana/password']);
    for (const name of ['nginx', 'prometheus']) expect(secrets(name)).toBeUndefined();
    for (const name of Object.keys(stack.secrets)) expect(stack.secrets[name]?.external).toBe(true);
    for (const { environment = {} } of Object.values(stack.services)) {
      expect(
        Object.keys(environment).filter((name) => /PASSWORD|SECRET|TOKEN/.test(name) && !name.endsWith('_FILE')),
      ).toEqual([]);
    }
  });

  test.each(Object.entries(stack.configs))(
    'has the file of %s, under a name that changes with it',
    (_name, { file, name }) => {
      // The variable of the app's folder is the only one in a path.
      expect(() =>
        statSync(new URL(file.replace(/\$\{.*?\}/, 'app'), `file://${PROJECT}/deploy/swarm/`)),
      ).not.toThrow();
      expect(name).toMatch(/\$\{(DB|USERS|NGINX|MONITORING)_FILES\}$/);
    },
  );

  test('mounts only files that it has', () => {
    const used = Object.values(stack.services).flatMap(({ configs = [] }) => configs.map(({ source }) => source));
    expect([...new Set(used)].toSorted()).toEqual(Object.keys(stack.configs).toSorted());
  });
});

describe('without Docker', () => {
  const PATH = process.env.PATH;
  const run = (script: string, args: string[], env: Record<string, string> = {}) =>
    spawnSync('bash', [`deploy/swarm/${script}`, ...args], {
      cwd: PROJECT,
      env: { PATH, DOCKER_HOST: 'unix:///nowhere/docker.sock', ...env },
      encoding: 'utf8',
    });

  test.each([
    ['group.sh', [], 'expected a command'],
    ['group.sh', ['repair'], 'unknown command repair'],
    ['group.sh', ['status', 'now'], 'status: expected no other argument'],
    ['group.sh', ['join', '4', 'node1'], 'join: expected the number of a member and the name of a machine'],
    ['group.sh', ['join', '2'], 'join: expected the number of a member and the name of a machine'],
    ['group.sh', ['restart', '--without', 'db-2'], '--without: expected the number of a member, got "db-2"'],
    ['group.sh', ['restart', '--timeout', '0'], '--timeout: expected seconds from 1 to 99999, got "0"'],
    ['group.sh', ['status', '--fast'], 'unknown option --fast'],
    ['group.sh', ['status'], 'docker cannot reach its engine: start it, or check DOCKER_HOST'],
    ['deploy.sh', ['now'], 'unknown argument now'],
    ['deploy.sh', ['--timeout'], '--timeout needs a value'],
    ['deploy.sh', [], 'docker cannot reach its engine: start it, or check DOCKER_HOST'],
  ])('%s %j says what is wrong', (script, args, message) => {
    const { status, stdout, stderr } = run(script, args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr.split('\n')[0]).toBe(`deploy/swarm/${script}: ${message}`);
  });

  const member = {
    HOSTNAME: 'db-1',
    GROUP_MEMBERS: 'db-1 db-2 db-3',
    GROUP_NAME: '6d6f6f72-696e-4700-8000-000000000001',
  };
  test.each([
    [
      'a host name without a number',
      { HOSTNAME: 'mysql' },
      'hostname: expected a name that ends in the number of the member, got "mysql"',
    ],
    ['no members', { GROUP_MEMBERS: '' }, 'GROUP_MEMBERS: expected the host names of all members, got ""'],
    [
      'members without this one',
      { GROUP_MEMBERS: 'db-2 db-3' },
      'GROUP_MEMBERS: expected names with db-1 among them, got "db-2 db-3"',
    ],
    [
      'a group name that is no UUID',
      { GROUP_NAME: 'mooring' },
      'DB_GROUP_NAME: expected a UUID in lower case, got "mooring"',
    ],
  ])('a member with %s does not start', (_what, env, message) => {
    const { status, stderr } = run('group/entrypoint.sh', ['mysqld'], { ...member, ...env });
    expect(status).toBe(2);
    expect(stderr).toContain(`mooring: ${message}; for example `);
  });
});

test.each([...globSync('deploy/swarm/group/*.sh', { cwd: PROJECT }), ...globSync('db/*.sh', { cwd: PROJECT })])(
  "%s does not run hostname, which MySQL's image does not have",
  (path) => {
    expect(readFileSync(`${PROJECT}/${path}`, 'utf8')).not.toMatch(/(\$\(|^|[;&|])\s*hostname\b/m);
  },
);

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/** Runs functions of deploy/swarm/lib in a shell whose `docker` is this function. */
function run(docker: string, command: string): { status: number | null; stdout: string; stderr: string } {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-swarm-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 's_nginx.task'), 'old task\n');
  writeFileSync(join(folder, 's_nginx.updated'), 'old time\n');
  const script = `set -euo pipefail
PROGRAM=test STACK=s SETTINGS=${folder} TIMEOUT_SECONDS=5
fail() { echo "$2" >&2; exit "$1"; }
docker() { ${docker} }
export -f docker
xargs() { while read -r argument; do "\${@:2}" "$argument"; done; }
for part in settings services members; do . deploy/swarm/lib/$part.sh; done
${command}`;
  return spawnSync('bash', ['-c', script], { cwd: PROJECT, encoding: 'utf8', timeout: 20_000 });
}

const inspect = (task: string, replicas: string) => `
  case "$*" in
  *TaskTemplate*) echo '${task}' ;;
  *UpdateStatus*) echo x >>"$SETTINGS/asked"; if (($(wc -l <"$SETTINGS/asked") > 2)); then echo 'new time'; else echo 'old time'; fi ;;
  'service ls'*) echo 's_nginx ${replicas}' ;;
  esac`;

test.each([
  ['waits until the update of a changed service has begun', 'new task', '3/3', '3'],
  ['does not wait for a service that stays as it is', 'old task', '3/3', '0'],
  ['does not wait for a service without tasks', 'new task', '0/0', '0'],
  ['does not wait for a job, which has no update', 'new task', '0/1 (1/1 completed)', '0'],
])('%s', (_what, task, replicas, asked) => {
  const { status, stdout, stderr } = run(
    inspect(task, replicas),
    'touch "$SETTINGS/asked"; begun s_nginx; wc -l <"$SETTINGS/asked"',
  );
  expect({ status, stdout: stdout.trim(), stderr }).toEqual({ status: 0, stdout: asked, stderr: '' });
});

test('removes the configs that no service has and none would go back to', () => {
  const docker = `
  case "$*" in
  'service ls'*) echo 1 ;;
  *'.Spec.Name'*) echo s_nginx ;;
  *PreviousSpec*) printf 'now\\nbefore\\n\\n' ;;
  'config ls'*) printf 'now\\nbefore\\nold\\n' ;;
  'config rm'*) echo "removed $3" >&2 ;;
  esac`;
  const { status, stderr } = run(docker, 'remove_old_configs');
  expect({ status, stderr }).toEqual({ status: 0, stderr: 'removed old\n' });
});

test('removes what the check of the settings created, also when a setting is wrong', () => {
  const docker = `
  case "$*" in
  *'run --rm nginx-settings') echo 'NGINX_HSTS is wrong' >&2; return 1 ;;
  compose*) echo "docker $*" ;;
  esac`;
  const command = `touch "$SETTINGS"/{origin,edge}.env; ORIGIN_IMAGE=i; trap 'end_check || true' EXIT; check_settings`;
  const { status, stdout } = run(docker, command);
  expect(status).toBe(2);
  expect(stdout.trim().split('\n').at(-1)).toBe(
    'docker compose --project-name s-check --progress quiet down --volumes',
  );
});

test.each([
  ['0', ''],
  ['2', 'docker run --rm --network none --env-file FOLDER/edge.env --env SETTINGS_PREFIX=EDGE_'],
])('checks the settings of the edge if it runs on %s machines', (machines, expected) => {
  const { stdout } = run(
    'echo "docker $*";',
    `touch "$SETTINGS"/{origin,edge}.env; ORIGIN_IMAGE=i EDGE_REPLICAS=${machines}; check_settings | sed "s|$SETTINGS|FOLDER|"`,
  );
  const line = stdout.split('\n').find((each) => each.includes('edge.js')) ?? '';
  expect(line.slice(0, expected.length)).toBe(expected);
  expect(line === '').toBe(expected === '');
});

test.each(['HTTP_PORT', 'EDGE_PORT', 'GRAFANA_PORT'])('%s is a port without an address', (name) => {
  const check = (value: string) => run('return 1;', `ORIGIN_IMAGE=i ${name}=${value}; check_variables`);
  expect(check('8080').status).toBe(0);
  const { status, stderr } = check('127.0.0.1:8080');
  expect(status).toBe(2);
  expect(stderr).toContain(`${name}: expected a port without an address, got "127.0.0.1:8080"; for example ${name}=`);
});

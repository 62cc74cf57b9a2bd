import { expect, test } from 'vitest';
import { runInShell } from './swarm-shell.ts';

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
  const { status, stdout, stderr } = runInShell(
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
  const { status, stderr } = runInShell(docker, 'remove_old_configs');
  expect({ status, stderr }).toEqual({ status: 0, stderr: 'removed old\n' });
});

test('removes what the check of the settings created, also when a setting is wrong', () => {
  const docker = `
  case "$*" in
  *'run --rm nginx-settings') echo 'NGINX_HSTS is wrong' >&2; return 1 ;;
  compose*) echo "docker $*" ;;
  esac`;
  const command = `touch "$SETTINGS"/{origin,edge}.env; ORIGIN_IMAGE=i; trap 'end_check || true' EXIT; check_settings`;
  const { status, stdout } = runInShell(docker, command);
  expect(status).toBe(2);
  expect(stdout.trim().split('\n').at(-1)).toBe(
    'docker compose --project-name s-check --progress quiet down --volumes',
  );
});

test.each([
  ['0', ''],
  ['2', 'docker run --rm --network none --env-file FOLDER/edge.env --env SETTINGS_PREFIX=EDGE_'],
])('checks the settings of the edge if it runs on %s machines', (machines, expected) => {
  const { stdout } = runInShell(
    'echo "docker $*";',
    `touch "$SETTINGS"/{origin,edge}.env; ORIGIN_IMAGE=i EDGE_REPLICAS=${machines}; check_settings | sed "s|$SETTINGS|FOLDER|"`,
  );
  const line = stdout.split('\n').find((each) => each.includes('edge.js')) ?? '';
  expect(line.slice(0, expected.length)).toBe(expected);
  expect(line === '').toBe(expected === '');
});

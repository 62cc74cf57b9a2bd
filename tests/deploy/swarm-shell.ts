import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

interface Ended {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a command in a shell that has the functions of deploy/swarm/lib for deploy.sh, and whose `docker` is this function. */
export function runInShell(docker: string, command: string): Ended {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-swarm-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 's_nginx.task'), 'old task\n');
  writeFileSync(join(folder, 's_nginx.updated'), 'old time\n');
  const script = `set -euo pipefail
PROGRAM=test SETTINGS=${folder} TIMEOUT_SECONDS=5
export STACK=s
fail() { echo "$2" >&2; exit "$1"; }
docker() { ${docker} }
export -f docker
xargs() { while read -r argument; do "\${@:2}" "$argument"; done; }
for part in swarm settings services members users; do . deploy/swarm/lib/$part.sh; done
${command}`;
  return spawnSync('bash', ['-c', script], { cwd: PROJECT, encoding: 'utf8', timeout: 20_000 });
}

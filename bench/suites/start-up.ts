import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { delay } from '../../app/lib/delay.ts';
import { TEST_APP_FOLDER } from '../../testkit/app/folder.ts';
import { createStack } from '../../testkit/docker/stack.ts';
import { createMigratedDatabase, dropDatabase } from '../../testkit/mysql/start.ts';
import { freePortRange } from '../../testkit/network/free-ports.ts';
import type { Row } from '../report.ts';
import { rowsOrSkipped } from '../skipped.ts';
import { spreadOf } from '../spread.ts';
import { inRounds, type Stage, type Suite } from './suite.ts';

const CLUSTER_SCRIPT = fileURLToPath(new URL('../../local/main.ts', import.meta.url));
const GIVE_UP_MS = 60_000;

/** Measures the time from the start to the first answered visit. */
export const startUp: Suite = {
  name: 'start-up',
  title: 'Start-up',
  about:
    'Until the first visit is answered: of one replica, of what `npm start` runs (three replicas and the edge), and of the stack of `docker-compose.yml` on built images with an empty database that it makes.',
  async measure(stage) {
    await using closing = new AsyncDisposableStack();
    const databaseUrl = await createMigratedDatabase(stage.database, 'mooring_bench');
    closing.defer(() => dropDatabase(databaseUrl));
    const results = await inRounds(stage, {
      'a replica on MySQL': () => timeProgram(['--no-edge', '--replicas', '1', '--database', databaseUrl]),
      'npm start': timeEmbedded,
    });
    const rows: Row[] = Object.entries(results).map(([name, times]) => ({
      name,
      figures: { milliseconds: spreadOf(times) },
    }));
    const stack = 'docker compose up --wait';
    if (!stage.hasDocker) return [...rows, { name: stack, figures: {}, missing: 'no Docker engine answers' }];
    const measure = async () => [{ name: stack, figures: { milliseconds: spreadOf(await timeStacks(stage)) } }];
    return [...rows, ...(await rowsOrSkipped(stack, measure, stage.say))];
  },
};

async function timeEmbedded(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-bench-'));
  try {
    return await timeProgram(['--database', `file:${join(folder, 'visits.sqlite')}`]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Returns the time from a cluster's start to its first answered visit, in milliseconds. */
async function timeProgram(flags: string[]): Promise<number> {
  const port = await freePortRange(10);
  const url = flags.includes('--no-edge') ? `http://127.0.0.1:${port + 1}/` : `http://127.0.0.1:${port}/`;
  const args = [CLUSTER_SCRIPT, '--app', TEST_APP_FOLDER, '--replica-port', `${port + 1}`, ...flags];
  if (!flags.includes('--no-edge')) args.push('--port', `${port}`);
  const beginMs = performance.now();
  const program = spawn(process.execPath, args, { stdio: 'ignore' });
  const exited = once(program, 'exit');
  try {
    await untilAnswered(url, beginMs);
    return performance.now() - beginMs;
  } finally {
    program.kill('SIGTERM');
    await exited;
  }
}

async function timeStacks(stage: Stage): Promise<number[]> {
  const stack = await createStack();
  await stack.compose('build');
  const name = 'stack';
  const rounds = inRounds(stage, {
    async [name]() {
      const beginMs = performance.now();
      try {
        await stack.compose('up', '--detach', '--wait');
        await untilAnswered(`${stack.url}/`, beginMs);
        return performance.now() - beginMs;
      } finally {
        await stack.compose('down', '--volumes', '--timeout', '5');
      }
    },
  });
  const results = await rounds.finally(() => stack.remove());
  return results[name] ?? [];
}

async function untilAnswered(url: string, beginMs: number): Promise<void> {
  for (;;) {
    const isAnswered = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isAnswered) return;
    if (performance.now() - beginMs > GIVE_UP_MS) throw new Error(`${url} was not answered in time`);
    await delay(2);
  }
}

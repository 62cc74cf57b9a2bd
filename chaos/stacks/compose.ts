import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Stack as ComposeStack, createStack } from '../../tests/compose/stack.ts';
import { freePortRange } from '../../tests/support/free-ports.ts';
import { createComposeFaults } from './compose-faults.ts';
import { createComposeReplicas } from './compose-replicas.ts';
import { findNetworkTools } from './network-tools.ts';
import type { Front, Notes, Stack } from './stack.ts';

export interface ComposeStackOptions {
  /** Where the sources are. */
  root: URL;
  /** What clients are to talk to. */
  fronts: readonly Front['name'][];
  /** A statement for the database before the run. */
  prepare?: string | undefined;
  notes: Notes;
}

/** Images of its own: what a run builds, perhaps with a bug, nobody else is to start. */
const IMAGES = `services:
  migrate: { image: mooring-chaos-origin }
  origin: { image: mooring-chaos-origin }
  edge: { image: mooring-chaos-edge }
`;

/** As much is told of a container that died. */
const LAST_LINES = '5000';

/** Starts the stack of docker-compose.yml under a name of its own. */
export async function startComposeStack({ root, fronts, prepare, notes }: ComposeStackOptions): Promise<Stack> {
  const projectFolder = fileURLToPath(root);
  const folder = await mkdtemp(join(tmpdir(), 'mooring-chaos-'));
  await writeFile(join(folder, 'images.yml'), IMAGES);
  const edgePort = await freePortRange(1);
  const hasEdge = fronts.includes('worker');
  const stack = await createStack(
    {
      COMPOSE_PROJECT_NAME: `chaos-${randomBytes(4).toString('hex')}`,
      COMPOSE_FILE: `docker-compose.yml:${join(folder, 'images.yml')}`,
      COMPOSE_PROFILES: hasEdge ? 'edge' : '',
      EDGE_PORT: `127.0.0.1:${edgePort}`,
    },
    projectFolder,
  );

  async function close(): Promise<void> {
    await stack.compose('down', '--volumes', '--timeout', '5');
    await rm(folder, { recursive: true });
  }

  try {
    await stack.compose('up', '--detach', '--wait', '--build');
    if (prepare !== undefined) await stack.sql(prepare);
    const replicas = createComposeReplicas(stack, notes);
    await replicas.look();
    const urls = { nginx: stack.url, worker: `http://127.0.0.1:${edgePort}` };
    return {
      about: `the stack of docker-compose.yml, ${fronts.join(' and ')} in front`,
      fronts: fronts.map((name) => ({ name, url: urls[name] })),
      ...createComposeFaults({ stack, replicas, fronts, notes, networkTools: await findNetworkTools() }),
      replicas: replicas.all,
      async finish() {
        await tellDeaths(stack, notes);
        await stack.compose('stop', 'nginx', 'origin', ...(hasEdge ? ['edge'] : []));
        const [counter] = await stack.sql('select value from global_counter');
        const rows = await stack.sql('select number, request_id from access_log');
        return {
          counter: Number(counter),
          rows: rows.map((line) => {
            const [number, requestId] = line.split('\t') as [string, string];
            return { number: Number(number), requestId };
          }),
        };
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A container that Docker started again by itself had ended unasked; what it said is told. */
async function tellDeaths(stack: ComposeStack, { deaths, nowMs, say }: Notes): Promise<void> {
  const ids = (await stack.compose('ps', '--all', '--quiet')).split('\n').filter(Boolean);
  const format = '{{.RestartCount}} {{.Id}} {{.Name}}';
  const { stdout } = await stack.run('docker', 'inspect', '--format', format, ...ids);
  for (const line of stdout.trim().split('\n')) {
    const [restarts, id, name] = line.split(' ') as [string, string, string];
    if (restarts === '0') continue;
    deaths.push({ name: name.slice(1), atMs: nowMs(), how: `had been started again ${restarts} times` });
    const { stdout: out, stderr: err } = await stack.run('docker', 'logs', '--timestamps', '--tail', LAST_LINES, id);
    for (const words of [...out.split('\n'), ...err.split('\n')]) say(`${name.slice(1)}  ${words}`);
  }
}

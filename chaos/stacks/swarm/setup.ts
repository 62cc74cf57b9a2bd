import { delay } from '../../../app/lib/delay.ts';
import { hasImage } from '../../../testkit/docker/image.ts';
import type { Stack as ComposeStack } from '../../../testkit/docker/stack.ts';
import type { RunContext } from '../stack.ts';
import type { Cluster, Machine } from './cluster.ts';
import { createEngine } from './engine.ts';
import { serves } from './fronts.ts';
import type { Machines } from './machines.ts';
import type { SwarmParts } from './parts.ts';

export interface SetupOptions {
  /** Builds the image, and has the settings. Its name is the stack's. */
  compose: ComposeStack;
  control: Machines;
  notes: RunContext;
  operate: SwarmParts['operate'];
}

const MACHINES = [1, 2, 3];
const SWARM_PORT = 2377;
const PRINT_ADDRESS = `const { networkInterfaces } = require('node:os');
const outside = Object.entries(networkInterfaces()).filter(([name]) => !/^(lo|docker|br-)/.test(name));
console.log(outside.flatMap(([, addresses]) => addresses).find(({ family }) => family === 'IPv4').address);`;
const SERVES_WITHIN_MS = 600_000;
const POLL_INTERVAL_MS = 1000;

/** Makes a swarm of the machines and deploys the stack, with the commands of docs/swarm.md. */
export async function setUp({ compose, control, notes, operate }: SetupOptions): Promise<Cluster> {
  await compose.compose('build', 'origin-settings');
  await control.up(MACHINES.length);
  await control.load(await imagesOf(compose));
  const machines: Machine[] = [];
  for (const number of MACHINES) {
    const engine = createEngine(await control.host(number), compose.name);
    machines.push({ number, name: `machine-${number}`, url: '', engine, state: 'up', front: 'whole' });
  }
  await formSwarm(machines, `${compose.name}-origin`);
  const [first] = machines as [Machine];
  await succeed(operate(first, 'deploy/swarm/deploy.sh', '--plain-networks', '--local-images'));
  await succeed(operate(first, 'deploy/swarm/group.sh', 'bootstrap'));
  await untilAllServe(machines);
  return { stack: compose.name, machines, control, notes };
}

/** Returns the images of the stack. Images of others are pulled, if they are not here. */
async function imagesOf(compose: ComposeStack): Promise<string[]> {
  const own = `${compose.name}-origin`;
  const named = (await compose.compose('config', '--images')).split('\n').filter(Boolean);
  const others = [...new Set(named)].filter((image) => !image.startsWith(`${compose.name}-`));
  for (const image of others) {
    if (!(await hasImage(image, { pull: true })))
      throw new Error(`the image ${image} is neither here nor can it be pulled`);
  }
  return [own, ...others];
}

async function formSwarm(machines: readonly Machine[], image: string): Promise<void> {
  const [first, ...others] = machines as [Machine, ...Machine[]];
  const { docker } = first.engine;
  const address = await addressOf(first, image);
  await docker('swarm', 'init', '--advertise-addr', address, '--dispatcher-heartbeat', '20s');
  const token = await docker('swarm', 'join-token', '--quiet', 'manager');
  for (const machine of others) {
    const own = await addressOf(machine, image);
    await machine.engine.docker('swarm', 'join', '--advertise-addr', own, '--token', token, `${address}:${SWARM_PORT}`);
  }
  for (const { engine, number } of machines) {
    const id = await engine.docker('info', '--format', '{{.Swarm.NodeID}}');
    await docker('node', 'update', '--label-add', `mooring.db=${number}`, id);
  }
}

/** Finds the address at which the other machines and the clients reach a machine. Docker has its own way, which fails for some. */
async function addressOf(machine: Machine, image: string): Promise<string> {
  const run = ['run', '--rm', '--network', 'host', '--entrypoint', 'node', image, '--eval', PRINT_ADDRESS];
  const address = await machine.engine.docker(...run);
  machine.url = `http://${address}`;
  return address;
}

async function succeed(outcome: ReturnType<SwarmParts['operate']>): Promise<void> {
  const { code, stdout, stderr } = await outcome;
  if (code !== 0) throw new Error(`a script of deploy/swarm ended with ${code}:\n${stdout}\n${stderr}`);
}

async function untilAllServe(machines: readonly Machine[]): Promise<void> {
  const deadline = AbortSignal.timeout(SERVES_WITHIN_MS);
  while (!(await Promise.all(machines.map(serves))).every(Boolean)) {
    if (deadline.aborted) throw new Error('the stack on the swarm did not get ready');
    await delay(POLL_INTERVAL_MS);
  }
}

import type { Stack as ComposeStack, Replica } from '../../../testkit/docker/stack.ts';
import type { PlannedFault } from '../../fault.ts';
import { endDrains } from '../../outages.ts';
import type { InjectFault, RunContext } from '../stack.ts';
import { untilTold } from './container-ends.ts';
import type { ComposeReplicas } from './replicas.ts';
import type { ContainerWatch } from './watch-containers.ts';

export interface ComposeUpParts {
  stack: ComposeStack;
  watch: Pick<ContainerWatch, 'ask'>;
  replicas: ComposeReplicas;
  notes: RunContext;
  scale: (planned: PlannedFault) => Promise<string>;
  noteDrain: (replica: Replica, askedAtMs: number, end: { atMs: number; exitCode: number } | undefined) => void;
}

/** Services whose containers keep running. */
const LASTING = ['db', 'origin', 'nginx', 'edge'];

/** Creates a fault that scales or updates the replicas and then runs `docker compose up` on the running stack. */
export function createComposeUpFault(parts: ComposeUpParts): InjectFault {
  const { stack, watch, replicas, notes, scale, noteDrain } = parts;

  async function update(): Promise<string> {
    const before = replicas.present();
    const sinceMs = notes.nowMs();
    const asked = before.map((replica) => ({ replica, ...watch.ask(replica.id) }));
    // New replicas may have the addresses of stopped ones.
    endDrains(notes.drains, sinceMs);
    const { code, stderr } = await stack.run('./update.sh');
    if (code !== 0) throw new Error(`update.sh ended with ${code}: ${stderr}`);
    await replicas.look(sinceMs);
    await untilTold(asked);
    for (const { replica, ended } of asked) noteDrain(replica, sinceMs, await ended);
    return `new replicas for all ${before.length}`;
  }

  async function containers(): Promise<Set<string>> {
    const { stdout } = await stack.run('docker', 'compose', 'ps', '--all', '--format', '{{.Service}} {{.ID}}');
    return new Set(stdout.split('\n').filter((line) => LASTING.includes(line.split(' ')[0] as string)));
  }

  return async (planned) => {
    const detail = planned.choice % 2 === 0 ? await scale(planned) : await update();
    const before = await containers();
    const { code, stderr } = await stack.run('docker', 'compose', 'up', '--detach', '--wait');
    const after = await containers();
    const note = (what: string) => notes.changes.push({ atMs: notes.nowMs(), what });
    if (code !== 0) note(`it failed: ${stderr.trim().split('\n').at(-1)}`);
    for (const gone of before.difference(after)) note(`${gone} is gone`);
    for (const made of after.difference(before)) note(`${made} is new`);
    await replicas.look();
    return `${detail}, and up`;
  };
}

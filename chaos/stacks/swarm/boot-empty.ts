import { type Machine, reachable, untilBack } from './cluster.ts';
import { LIMITS_MS } from './limits.ts';
import type { SwarmParts } from './parts.ts';

const SECONDS_OF_REBUILD = LIMITS_MS.rebuiltMember / 1000;

/**
 * Boots a machine that has lost its database's data. A disk is not replaced: the data is deleted, by the command that the docs
 * name. Returns before the member has copied the data of another one.
 */
export async function bootEmpty({ cluster, operate }: SwarmParts, machine: Machine): Promise<void> {
  const { control, notes, stack } = cluster;
  const { name, number, engine } = machine;
  // Otherwise the member would start with its old data first.
  const [manager] = reachable(cluster);
  await manager?.engine.docker('service', 'update', '--quiet', '--detach', '--replicas', '0', `${stack}_db-${number}`);
  await control.start(number);
  const isManager = () =>
    engine.docker('node', 'ls').then(
      () => true,
      () => false,
    );
  await untilBack(notes, { what: `the manager of ${name}`, withinMs: LIMITS_MS.front }, isManager);
  // The Nginx of the machine is back long before.
  void operate(machine, 'deploy/swarm/group.sh', 'rebuild', '--force', '--timeout', `${SECONDS_OF_REBUILD}`).then(
    ({ code, stderr }) => {
      if (code !== 0) notes.say(`group.sh rebuild ended with ${code}: ${stderr}`);
    },
  );
}

import { setTimeout } from 'node:timers/promises';
import { serverId } from '../../origin/server-id.ts';
import type { Replica } from '../../tests/compose/stack.ts';
import type { PlannedFault } from '../fault.ts';
import { choose, chooseDelayMs } from './choices.ts';
import type { ComposeParts } from './compose-faults.ts';
import type { ContainerNetwork } from './network-tools.ts';
import type { InjectFault, Stack } from './stack.ts';

/** Rules that cut a replica's connections to MySQL: what it sends is reset, what it is sent is lost. */
const DATABASE_RULES = [
  ['OUTPUT', '--protocol', 'tcp', '--dport', '3306', '--jump', 'REJECT', '--reject-with', 'tcp-reset'],
  ['INPUT', '--protocol', 'tcp', '--sport', '3306', '--jump', 'DROP'],
];
/** Rules that cut a replica's connections to the balancers; answers on their way are lost. */
const FRONT_RULES = [
  ['OUTPUT', '--protocol', 'tcp', '--sport', '5000', '--match', 'state', '--state', 'ESTABLISHED', '--jump', 'DROP'],
  ['INPUT', '--protocol', 'tcp', '--dport', '5000', '--jump', 'REJECT', '--reject-with', 'tcp-reset'],
];
const NO_TOOLS = "takes root's nsenter and iptables on the machine of the engine";
const NO_DELAY = 'takes tc and a kernel with netem';

/** What the network of a Compose stack can suffer. */
export function createComposeNetworkFaults(parts: ComposeParts): Pick<Stack, 'faults' | 'missing'> {
  const { replicas, notes, networkTools } = parts;
  if (!networkTools) {
    const kinds = ['cut-database', 'cut-replica', 'slow-database', 'slow-replica'] as const;
    return { faults: {}, missing: Object.fromEntries(kinds.map((kind) => [kind, NO_TOOLS])) };
  }
  const { networkOf, canDelay } = networkTools;

  /** Does something to the network of one of the replicas that are there. */
  const toOne = (
    work: (network: ContainerNetwork, victim: Replica, planned: PlannedFault) => Promise<string | undefined>,
  ): InjectFault => {
    return async (planned) => {
      const victim = choose(replicas.present(), planned.choice);
      const network = victim && (await networkOf(victim.id));
      return network && work(network, victim, planned);
    };
  };

  const cut = (rules: string[][]) =>
    toOne(async (network, { name, address }, { lengthMs }) => {
      const isBack = notes.log.begin('replica', serverId(address));
      // The other lane may take the container away meanwhile, and its network with it.
      const isCut = await changeRules(network, '--append', rules);
      if (isCut) await setTimeout(lengthMs);
      await changeRules(network, '--delete', rules);
      isBack();
      return isCut ? `${name} at ${address}` : undefined;
    });

  const slowDown = (side: 'front' | 'back') =>
    toOne(async (network, { name, address }, { lengthMs, choice }) => {
      const delayMs = chooseDelayMs(choice);
      const device = await deviceOn(side, address, network);
      if (device === undefined) return undefined;
      await network.run('tc', 'qdisc', 'add', 'dev', device, 'root', 'netem', 'delay', `${delayMs}ms`);
      await setTimeout(lengthMs);
      await network.run('tc', 'qdisc', 'del', 'dev', device, 'root');
      return `${name} at ${address}, by ${delayMs} ms`;
    });

  const faults: Stack['faults'] = { 'cut-database': cut(DATABASE_RULES), 'cut-replica': cut(FRONT_RULES) };
  if (!canDelay) return { faults, missing: { 'slow-database': NO_DELAY, 'slow-replica': NO_DELAY } };
  return { faults: { ...faults, 'slow-database': slowDown('back'), 'slow-replica': slowDown('front') }, missing: {} };
}

/** @returns whether the network was there to the last */
async function changeRules(network: ContainerNetwork, change: '--append' | '--delete', rules: string[][]) {
  for (const rule of rules) {
    // Others on this machine may be changing theirs.
    if ((await network.run('iptables', '--wait', change, ...rule)) === undefined) return false;
  }
  return true;
}

/** The device through which a replica is on one of its two networks: the one it is known by is `front`. */
async function deviceOn(
  side: 'front' | 'back',
  address: string,
  network: ContainerNetwork,
): Promise<string | undefined> {
  const printed = (await network.run('ip', '-brief', '-4', 'address')) ?? '';
  const ip = address.split(':')[0];
  const devices = printed.split('\n').filter((line) => line !== '' && !line.startsWith('lo '));
  const line = devices.find((other) => other.includes(` ${ip}/`) === (side === 'front'));
  return line?.split(/[@ ]/)[0];
}

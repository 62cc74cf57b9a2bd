import { serverId } from '../../../app/affinity/server-id.ts';
import { delay } from '../../../app/lib/delay.ts';
import type { Replica } from '../../../testkit/docker/stack.ts';
import type { PlannedFault } from '../../fault.ts';
import { cutEdgeInRetry, cutReplicaInRetry, type DatabasePath, RETRIED_VISITS } from '../cut-in-retry.ts';
import { pick, pickDelayMs } from '../pick.ts';
import type { InjectFault, Stack } from '../stack.ts';
import { createComposeHold } from './hold.ts';
import type { ContainerNetwork } from './network-tools.ts';
import type { ComposeParts } from './parts.ts';

/**
 * Firewall rules that cut a replica's connections to MySQL: packets to MySQL are reset, packets from MySQL are dropped.
 */
const DATABASE_RULES = [
  ['OUTPUT', '--protocol', 'tcp', '--dport', '3306', '--jump', 'REJECT', '--reject-with', 'tcp-reset'],
  ['INPUT', '--protocol', 'tcp', '--sport', '3306', '--jump', 'DROP'],
];
/** Firewall rules that cut a replica's connections to the balancers. Responses in flight are lost. */
const FRONT_RULES = [
  ['OUTPUT', '--protocol', 'tcp', '--sport', '5000', '--match', 'state', '--state', 'ESTABLISHED', '--jump', 'DROP'],
  ['INPUT', '--protocol', 'tcp', '--dport', '5000', '--jump', 'REJECT', '--reject-with', 'tcp-reset'],
];
/** Firewall rules that silently drop all packets to and from MySQL. */
const SILENT_RULES = [
  ['OUTPUT', '--protocol', 'tcp', '--dport', '3306', '--jump', 'DROP'],
  ['INPUT', '--protocol', 'tcp', '--sport', '3306', '--jump', 'DROP'],
];
/** Firewall rules that cut the edge off from its replicas. */
const PEER_RULES = [
  ['OUTPUT', '--protocol', 'tcp', '--dport', '5000', '--jump', 'REJECT', '--reject-with', 'tcp-reset'],
];
const NO_TOOLS = "needs nsenter and iptables as root on the engine's machine";
const NO_DELAY = 'needs tc and a kernel with netem';

export function createComposeNetworkFaults(parts: ComposeParts): Pick<Stack, 'faults' | 'missing'> {
  const { stack, containers, replicas, fronts, notes, networkTools } = parts;
  if (!networkTools) {
    const kinds = ['cut-database', 'cut-replica', 'cut-in-retry', 'slow-database', 'slow-replica'] as const;
    return { faults: {}, missing: Object.fromEntries(kinds.map((kind) => [kind, NO_TOOLS])) };
  }
  const { networkOf, canDelay } = networkTools;

  /** Applies `work` to the network of one available replica. */
  const toOne = (
    work: (network: ContainerNetwork, victim: Replica, planned: PlannedFault) => Promise<string | undefined>,
  ): InjectFault => {
    return async (planned) => {
      const victim = pick(replicas.present(), planned.choice);
      const network = victim && (await networkOf(victim.id));
      return network && work(network, victim, planned);
    };
  };

  const cut = (rules: string[][]) =>
    toOne(async (network, { name, address }, { lengthMs }) => {
      const isBack = notes.log.begin('replica', serverId(address));
      // A fault of the other lane may end the container meanwhile, and its network with it.
      const isCut = await changeRules(network, '--append', rules);
      if (isCut) await delay(lengthMs);
      await changeRules(network, '--delete', rules);
      isBack();
      return isCut ? `${name} at ${address}` : undefined;
    });

  const slowDown = (side: 'front' | 'back') =>
    toOne(async (network, { name, address }, { lengthMs, choice }) => {
      const delayMs = pickDelayMs(choice);
      const device = await deviceOn(side, address, network);
      if (device === undefined) return undefined;
      await network.run('tc', 'qdisc', 'add', 'dev', device, 'root', 'netem', 'delay', `${delayMs}ms`);
      await delay(lengthMs);
      await network.run('tc', 'qdisc', 'del', 'dev', device, 'root');
      return `${name} at ${address}, by ${delayMs} ms`;
    });

  const holdCounter = createComposeHold(() => containers.of('db'));

  const cutReplica = toOne(async (network, { name, address }, { lengthMs }) => {
    const last = `select request_id from access_log order by number desc limit ${RETRIED_VISITS}`;
    const isCut = await cutReplicaInRetry({
      name,
      sid: serverId(address),
      address,
      lastRequestIds: () => stack.sql(last),
      lengthMs,
      path: databasePath(network),
      holdCounter,
      notes,
    });
    return isCut ? `${name} at ${address}` : undefined;
  });

  async function cutEdge(lengthMs: number): Promise<string | undefined> {
    const network = await networkOf(await containers.of('edge'));
    if (!network) return undefined;
    await cutEdgeInRetry({
      sids: replicas.present().map(({ address }) => serverId(address)),
      shutPeers: () => changeRules(network, '--append', PEER_RULES),
      openPeers: () => changeRules(network, '--delete', PEER_RULES),
      lengthMs,
      path: databasePath(network),
      holdCounter,
      notes,
    });
    return 'the edge';
  }

  const faults: Stack['faults'] = {
    'cut-database': cut(DATABASE_RULES),
    'cut-replica': cut(FRONT_RULES),
    'cut-in-retry': (planned) =>
      fronts.includes('worker') && planned.choice % 4 === 0 ? cutEdge(planned.lengthMs) : cutReplica(planned),
  };
  if (!canDelay) return { faults, missing: { 'slow-database': NO_DELAY, 'slow-replica': NO_DELAY } };
  return { faults: { ...faults, 'slow-database': slowDown('back'), 'slow-replica': slowDown('front') }, missing: {} };
}

function databasePath(network: ContainerNetwork): DatabasePath {
  return {
    vanish: () => changeRules(network, '--append', SILENT_RULES),
    reappear: () => changeRules(network, '--delete', SILENT_RULES),
  };
}

/** @returns whether the network still existed at the end */
async function changeRules(network: ContainerNetwork, change: '--append' | '--delete', rules: string[][]) {
  for (const rule of rules) {
    // `--wait`: other programs on this machine may be changing firewall rules.
    if ((await network.run('iptables', '--wait', change, ...rule)) === undefined) return false;
  }
  return true;
}

/** Returns the network device of a replica on one of its two networks. Its known address is on `front`. */
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

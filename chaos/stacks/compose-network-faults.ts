import { setTimeout } from 'node:timers/promises';
import { serverId } from '../../app/affinity/server-id.ts';
import type { Replica } from '../../testkit/docker/stack.ts';
import type { PlannedFault } from '../fault.ts';
import { createComposeHold } from './compose-hold.ts';
import type { ComposeParts } from './compose-parts.ts';
import { cutInRetry, RETRIED_VISITS, startRetries, takesRequestId } from './cut-in-retry.ts';
import type { ContainerNetwork } from './network-tools.ts';
import { pick, pickDelayMs } from './pick.ts';
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
/** Rules that lose what is sent to MySQL, and what it sends, without a word to either side. */
const SILENT_RULES = [
  ['OUTPUT', '--protocol', 'tcp', '--dport', '3306', '--jump', 'DROP'],
  ['INPUT', '--protocol', 'tcp', '--sport', '3306', '--jump', 'DROP'],
];
/** Rules that keep the edge from its replicas. */
const PEER_RULES = [
  ['OUTPUT', '--protocol', 'tcp', '--dport', '5000', '--jump', 'REJECT', '--reject-with', 'tcp-reset'],
];
/** So long the edge serves visits itself before it is cut off. */
const TAKEOVER_MS = 500;
const NO_TOOLS = "takes root's nsenter and iptables on the machine of the engine";
const NO_DELAY = 'takes tc and a kernel with netem';

/** What the network of a Compose stack can suffer. */
export function createComposeNetworkFaults(parts: ComposeParts): Pick<Stack, 'faults' | 'missing'> {
  const { stack, containers, replicas, fronts, notes, networkTools } = parts;
  if (!networkTools) {
    const kinds = ['cut-database', 'cut-replica', 'cut-in-retry', 'slow-database', 'slow-replica'] as const;
    return { faults: {}, missing: Object.fromEntries(kinds.map((kind) => [kind, NO_TOOLS])) };
  }
  const { networkOf, canDelay } = networkTools;

  /** Does something to the network of one of the replicas that are there. */
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
      // The other lane may take the container away meanwhile, and its network with it.
      const isCut = await changeRules(network, '--append', rules);
      if (isCut) await setTimeout(lengthMs);
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
      await setTimeout(lengthMs);
      await network.run('tc', 'qdisc', 'del', 'dev', device, 'root');
      return `${name} at ${address}, by ${delayMs} ms`;
    });

  const holdCounter = createComposeHold(() => containers.of('db'));

  const cutReplicaInRetry = toOne(async (network, { name, address }, { lengthMs }) => {
    const url = `http://${address}`;
    if (!(await takesRequestId(url))) return undefined;
    const last = `select request_id from access_log order by number desc limit ${RETRIED_VISITS}`;
    const retries = startRetries(`${url}/`, await stack.sql(last));
    let isBack = () => {};
    await cutInRetry({
      name,
      lengthMs,
      holdCounter,
      notes,
      async cut() {
        isBack = notes.log.begin('replica', serverId(address));
        await changeRules(network, '--append', SILENT_RULES);
        void retries.stop();
        return async () => void (await changeRules(network, '--delete', SILENT_RULES));
      },
    });
    isBack();
    return `${name} at ${address}`;
  });

  /** The edge writes only while no replica can be reached. */
  async function cutEdgeInRetry(lengthMs: number): Promise<string | undefined> {
    const network = await networkOf(await containers.of('edge'));
    if (!network) return undefined;
    const areBack = replicas.present().map(({ address }) => notes.log.begin('replica', serverId(address)));
    await changeRules(network, '--append', PEER_RULES);
    await setTimeout(TAKEOVER_MS);
    await cutInRetry({
      name: 'the edge',
      lengthMs,
      holdCounter,
      notes,
      async cut() {
        await changeRules(network, '--append', SILENT_RULES);
        await changeRules(network, '--delete', PEER_RULES);
        for (const isBack of areBack) isBack();
        return async () => void (await changeRules(network, '--delete', SILENT_RULES));
      },
    });
    return 'the edge';
  }

  const faults: Stack['faults'] = {
    'cut-database': cut(DATABASE_RULES),
    'cut-replica': cut(FRONT_RULES),
    'cut-in-retry': (planned) =>
      fronts.includes('worker') && planned.choice % 4 === 0
        ? cutEdgeInRetry(planned.lengthMs)
        : cutReplicaInRetry(planned),
  };
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

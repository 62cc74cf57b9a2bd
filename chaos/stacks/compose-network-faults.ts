import { setTimeout } from 'node:timers/promises';
import type { PlannedFault } from '../fault.ts';
import type { ComposeParts } from './compose-faults.ts';
import type { NetworkTools } from './network-tools.ts';
import { choose, type InjectFault, type Stack } from './stack.ts';

const SLOW_MS = [10, 30, 60];

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
  const tools = networkTools;
  const one = ({ choice }: PlannedFault) => choose(replicas.running(), choice);

  const cut =
    (rules: string[][]): InjectFault =>
    async (planned) => {
      const { id, name, address } = one(planned);
      const { sid } = replicas.all().find((replica) => replica.address === address) as { sid: string };
      const isBack = notes.log.begin('replica', sid);
      for (const rule of rules) await quietly(tools, id, 'iptables', '--append', ...rule);
      await setTimeout(planned.lengthMs);
      for (const rule of rules) await quietly(tools, id, 'iptables', '--delete', ...rule);
      isBack();
      return `${name} at ${address}`;
    };

  const slowDown =
    (network: 'front' | 'back'): InjectFault =>
    async (planned) => {
      const { id, name, address } = one(planned);
      const delayMs = choose(SLOW_MS, planned.choice);
      const device = await deviceOn(network, id, address, tools);
      if (device === undefined) return `${name}, which was gone`;
      await quietly(tools, id, 'tc', 'qdisc', 'add', 'dev', device, 'root', 'netem', 'delay', `${delayMs}ms`);
      await setTimeout(planned.lengthMs);
      await quietly(tools, id, 'tc', 'qdisc', 'del', 'dev', device, 'root');
      return `${name} at ${address}, by ${delayMs} ms`;
    };

  const faults: Stack['faults'] = { 'cut-database': cut(DATABASE_RULES), 'cut-replica': cut(FRONT_RULES) };
  if (!tools.canDelay) return { faults, missing: { 'slow-database': NO_DELAY, 'slow-replica': NO_DELAY } };
  return { faults: { ...faults, 'slow-database': slowDown('back'), 'slow-replica': slowDown('front') }, missing: {} };
}

/** The other lane may have taken the container away meanwhile, and its network with it. */
async function quietly(tools: NetworkTools, id: string, ...command: string[]): Promise<void> {
  await tools.inside(id, ...command).catch(() => {});
}

/** The device through which a replica is on one of its two networks: the one it is known by is `front`. */
async function deviceOn(
  network: 'front' | 'back',
  id: string,
  address: string,
  tools: NetworkTools,
): Promise<string | undefined> {
  const printed = await tools.inside(id, 'ip', '-brief', '-4', 'address').catch(() => '');
  const ip = address.split(':')[0];
  const devices = printed.split('\n').filter((line) => !line.startsWith('lo '));
  const line = devices.find((other) => other.includes(` ${ip}/`) === (network === 'front'));
  return line?.split(/[@ ]/)[0];
}

import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { UserError } from '../../../app/lib/user-error.ts';
import { read } from '../../../testkit/http/send.ts';
import { run } from '../../../testkit/processes/command.ts';

/** A container of the stack, as its machine's engine reports it. */
export interface Container {
  id: string;
  /** Name of the service without the stack's. */
  service: string;
  isRunning: boolean;
  isHealthy: boolean;
  /** Set when it has ended. */
  exitCode: number | undefined;
  /** Its address on the network between balancers and replicas. */
  address: string | undefined;
}

/** The Docker engine of one machine. */
export interface Engine {
  host: string;
  /** Runs `docker` for this engine. @throws when it fails */
  docker(...args: string[]): Promise<string>;
  /** Returns the containers of the stack, also those that have ended. */
  containers(): Promise<Container[]>;
  /** Returns the containers that Swarm wants to run: their tasks are not being stopped. Only a manager knows them. */
  wanted(service: string): Promise<Set<string>>;
}

interface ListedContainer {
  Id: string;
  State: string;
  Status: string;
  Labels: Record<string, string>;
  NetworkSettings?: { Networks?: Record<string, { IPAddress?: string }> };
}

interface ListedTask {
  DesiredState: string;
  Status: { ContainerStatus?: { ContainerID?: string } };
}

/** Longer than an engine takes on a busy machine. A manager without the majority does not answer. */
const ANSWERS_WITHIN_MS = 3000;
const COMMAND_WITHIN_MS = 60_000;

/** @param stack name of the stack */
export function createEngine(host: string, stack: string): Engine {
  return {
    host,
    docker: (...args) => run('docker', ['--host', host, ...args], { timeoutMs: COMMAND_WITHIN_MS }),
    async containers() {
      const filters = { label: [`com.docker.stack.namespace=${stack}`] };
      const listed = await get<ListedContainer[]>(host, `/containers/json?all=true&filters=${asQuery(filters)}`);
      return listed.map((container) => readContainer(container, stack));
    },
    async wanted(service) {
      const filters = { service: [`${stack}_${service}`], 'desired-state': ['running'] };
      const tasks = await get<ListedTask[]>(host, `/tasks?filters=${asQuery(filters)}`);
      return new Set(tasks.flatMap(({ Status }) => Status.ContainerStatus?.ContainerID ?? []));
    },
  };
}

const asQuery = (filters: Record<string, string[]>) => encodeURIComponent(JSON.stringify(filters));

function readContainer({ Id, State, Status, Labels, NetworkSettings }: ListedContainer, stack: string): Container {
  const isRunning = State === 'running';
  return {
    id: Id,
    service: (Labels['com.docker.swarm.service.name'] ?? '').slice(stack.length + 1),
    isRunning,
    isHealthy: isRunning && Status.includes('(healthy)'),
    exitCode: State === 'exited' || State === 'dead' ? Number(Status.match(/\((\d+)\)/)?.[1] ?? 1) : undefined,
    address: NetworkSettings?.Networks?.[`${stack}_front`]?.IPAddress || undefined,
  };
}

/** Asks the engine itself: its command line takes too much of the processors to be run several times a second. */
async function get<T>(host: string, path: string): Promise<T> {
  const signal = AbortSignal.timeout(ANSWERS_WITHIN_MS);
  const request = httpRequest({ ...whereIs(host), path, agent: false, signal }).end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const { status, body } = await read(response);
  if (status !== 200) throw new Error(`${host} answered ${path} with ${status}: ${body}`);
  return JSON.parse(body.toString()) as T;
}

function whereIs(host: string): { socketPath: string } | { host: string; port: string } {
  const { protocol, pathname, hostname, port } = new URL(host);
  if (protocol === 'unix:') return { socketPath: pathname };
  if (protocol === 'tcp:') return { host: hostname, port };
  throw new UserError(`--machines: expected unix:// or tcp:// from its command "host", got "${host}"`);
}

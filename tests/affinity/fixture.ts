import { onTestFinished } from 'vitest';
import type { FrontOptions, LoggedFront, SuiteFrontKind } from '../../testkit/fronts/front.ts';
import { startFront } from '../../testkit/fronts/fronts.ts';
import { type Answer, type RequestOptions, send } from '../../testkit/http/send.ts';
import { createStubReplica, type StubReplica } from '../../testkit/replicas/stub.ts';

export interface AskOptions extends RequestOptions {
  /** The replica in the client's cookie. */
  as?: Mooring;
  cookie?: string;
}

/** A replica, as fronts and clients know it. */
export type Mooring = Pick<StubReplica, 'name' | 'url' | 'sid'>;

/** A front whose answers are summed up in a few words. */
export interface AskableFront extends LoggedFront {
  /** @returns for example `200 from A, cookie of A`, or `502 from the front, no cookie` */
  ask(options?: AskOptions): Promise<string>;
  /** Sends requests one after another. @returns the names of the replicas that answered, for example `ABCA` */
  askInTurn(times: number, options?: AskOptions): Promise<string>;
  /** @returns the whole answer */
  get(options?: AskOptions): Promise<Answer>;
}

type StagedReplicas<Lines extends readonly string[]> = { [Index in keyof Lines]: StubReplica };
type StageOptions = Omit<FrontOptions, 'peers'>;

/**
 * Starts a stub replica for each line, and a front before them, for the current test.
 *
 * @param lines lines of `ORIGINS` with the replica's name in place of its URL: `A weight=2`
 */
export async function stage<const Lines extends readonly string[]>(
  kind: SuiteFrontKind,
  lines: Lines,
  options?: StageOptions,
): Promise<[AskableFront, ...StagedReplicas<Lines>]> {
  const staged = await createStage(kind, lines, options);
  onTestFinished(staged[0].close);
  return staged;
}

/** Like `stage`, but the caller closes the front, and the replicas with it. */
export async function createStage<const Lines extends readonly string[]>(
  kind: SuiteFrontKind,
  lines: Lines,
  options?: StageOptions,
): Promise<[AskableFront, ...StagedReplicas<Lines>]> {
  const replicas = await Promise.all(lines.map((line) => createStubReplica(nameIn(line))));
  const front = await createFrontBefore(replicas, kind, lines, options);
  const close = async () => {
    await front.close();
    await Promise.all(replicas.map((replica) => replica.stop()));
  };
  return [{ ...front, close }, ...(replicas as StagedReplicas<Lines>)];
}

/** Starts a front before existing replicas, for the current test. */
export async function frontBefore(
  replicas: Mooring[],
  kind: SuiteFrontKind,
  lines: readonly string[],
  options?: StageOptions,
): Promise<AskableFront> {
  const front = await createFrontBefore(replicas, kind, lines, options);
  onTestFinished(front.close);
  return front;
}

/** Like `frontBefore`, but the caller closes the front. */
export async function createFrontBefore(
  replicas: Mooring[],
  kind: SuiteFrontKind,
  lines: readonly string[],
  options?: StageOptions,
): Promise<AskableFront> {
  const peers = lines.map((line) => {
    const { name, url } = replicas.find(({ name }) => name === nameIn(line)) as Mooring;
    return line.replace(name, url);
  });
  const front = await startFront(kind, { ...options, peers });
  const get = ({ as, cookie = as && cookieOf(as), headers, ...rest }: AskOptions = {}) =>
    send(front.url, { ...rest, headers: { ...headers, ...(cookie !== undefined && { Cookie: cookie }) } });
  return {
    ...front,
    get,
    async ask(options) {
      const answer = await get(options);
      return `${answer.status} from ${replicaIn(answer) ?? 'the front'}, ${cookieIn(answer, replicas)}`;
    },
    async askInTurn(times, options) {
      let names = '';
      for (let time = 0; time < times; time++) names += replicaIn(await get(options)) ?? '-';
      return names;
    },
  };
}

/** Returns the `Cookie` header of a client with affinity to this replica. */
export function cookieOf({ sid }: Mooring): string {
  return `srv_id=${sid}`;
}

function nameIn(line: string): string {
  return line.split(' ', 1)[0] as string;
}

function replicaIn({ headers }: Answer): string | undefined {
  return headers['x-replica'] as string | undefined;
}

function cookieIn({ setCookies }: Answer, replicas: Mooring[]): string {
  const sid = setCookies[0]?.match(/^srv_id=([^;]*)/)?.[1];
  if (sid === undefined) return 'no cookie';
  return `cookie of ${replicas.find((replica) => replica.sid === sid)?.name ?? sid}`;
}

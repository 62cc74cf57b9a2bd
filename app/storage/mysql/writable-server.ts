import { startDeadline } from '../../lib/deadline.ts';
import { delay } from '../../lib/delay.ts';
import { explainDatabaseError, isTlsMismatch } from '../../lib/explain-database-error.ts';
import type { Log } from '../../lib/log.ts';
import { createMonotonicClock } from '../../lib/monotonic-clock.ts';
import { untilAborted } from '../../lib/until-aborted.ts';
import { UnsuitableServerError } from './requirements.ts';
import type { ServerState } from './server-state.ts';

/** No server accepts writes. Nothing was written. */
export class NoWritableServerError extends Error {
  override name = 'NoWritableServerError';
  /** Whether a server answers, so that one of them may soon accept writes. */
  readonly isMoving: boolean;

  constructor(message: string, isMoving: boolean, options?: ErrorOptions) {
    super(message, options);
    this.isMoving = isMoving;
  }
}

export interface WritableServerOptions<S> {
  servers: readonly S[];
  nameOf: (server: S) => string;
  /** Asks a server for its state. Gives up when the signal aborts. */
  probe: (server: S, signal: AbortSignal) => Promise<ServerState>;
  log: Log;
  /** How long the server found is used without asking again, in milliseconds. By default until it is reported as lost. */
  maxAgeMs?: number;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs?: () => number;
}

/** Finds the one of several servers that accepts writes. */
export interface WritableServer<S> {
  /**
   * Returns the server found last, or asks all of them. Callers share one search.
   *
   * @throws {NoWritableServerError} when there is none, with the state of each
   * @throws {UnsuitableServerError} when there are several, or the settings of TLS fit none of the servers
   */
  find(deadline: AbortSignal): Promise<S>;
  /** Call it when this server failed or rejected a write: the next call of `find` asks again. */
  lost(server: S): void;
  /**
   * Call it when a lock of this server was not released in time. As the primary of a group it may have lost the others, and keeps what it
   * cannot commit.
   */
  stalled(server: S): void;
  /** Returns the server found last, unless it was lost since; asks none. */
  current(): S | undefined;
}

const PROBE_TIMEOUT_MS = 1000;

/** After a search that found no server, the next one begins after this time: each replica opens a connection to each server. */
const RETRY_INTERVAL_MS = 200;

/** How often callers look whether the search that they wait for has ended. */
const POLL_INTERVAL_MS = 5;

type Answer<S> = { server: S; state?: ServerState; problem: string; rejectsTls?: boolean };

export function createWritableServer<S>(options: WritableServerOptions<S>): WritableServer<S> {
  const { servers, nameOf, probe, log, maxAgeMs = Number.POSITIVE_INFINITY } = options;
  const { monotonicMs = createMonotonicClock() } = options;
  let found: { server: S; untilMs: number } | undefined;
  let failed: { error: Error; untilMs: number } | undefined;
  // A time and not a promise: on Workers a request must not await the search of another one, whose client may disconnect.
  let searchingUntilMs = Number.NEGATIVE_INFINITY;
  let previous: S | undefined;
  let isInGroup = false;

  async function ask(server: S): Promise<Answer<S>> {
    using deadline = startDeadline(PROBE_TIMEOUT_MS, `no answer within ${PROBE_TIMEOUT_MS} ms`);
    try {
      const state = await untilAborted(probe(server, deadline.signal), deadline.signal);
      return { server, state, problem: state.text };
    } catch (error) {
      return { server, problem: explainDatabaseError(error), rejectsTls: isTlsMismatch(error) };
    }
  }

  async function search(): Promise<S> {
    searchingUntilMs = monotonicMs() + 2 * PROBE_TIMEOUT_MS;
    try {
      const answers = await firstPrimaryOrAll(servers.map(ask));
      // For good: when no member answers, a server outside of the group would count in data of its own.
      isInGroup ||= answers.some(({ state }) => state?.isGroupMember);
      const server = chooseServer(answers, { nameOf, isInGroup });
      found = { server, untilMs: monotonicMs() + maxAgeMs };
      failed = undefined;
      if (server !== previous) log.info({ server: nameOf(server) }, 'writable database server found');
      previous = server;
      return server;
    } catch (error) {
      failed = { error: error as Error, untilMs: monotonicMs() + RETRY_INTERVAL_MS };
      throw error;
    } finally {
      searchingUntilMs = Number.NEGATIVE_INFINITY;
    }
  }

  function lost(server: S): void {
    if (found?.server === server) found = undefined;
  }

  return {
    async find(deadline) {
      for (;;) {
        const nowMs = monotonicMs();
        if (found && nowMs < found.untilMs) return found.server;
        if (failed && nowMs < failed.untilMs) throw failed.error;
        if (nowMs >= searchingUntilMs) return await search();
        await delay(POLL_INTERVAL_MS);
        deadline.throwIfAborted();
      }
    },
    lost,
    stalled(server) {
      if (isInGroup) lost(server);
    },
    current: () => found?.server,
  };
}

/** Waits for all answers, but no longer than for that of a group's primary: what a majority has decided needs no other. */
function firstPrimaryOrAll<S>(asked: Promise<Answer<S>>[]): Promise<Answer<S>[]> {
  const primary = Promise.withResolvers<Answer<S>[]>();
  for (const answer of asked) {
    void answer.then((one) => one.state?.acceptsWrites && one.state.isGroupMember && primary.resolve([one]));
  }
  return Promise.race([primary.promise, Promise.all(asked)]);
}

interface Choice<S> extends Pick<WritableServerOptions<S>, 'nameOf'> {
  /** Whether the servers are known to be a group. */
  isInGroup: boolean;
}

/** @throws when it is not exactly one */
function chooseServer<S>(answers: readonly Answer<S>[], { nameOf, isInGroup }: Choice<S>): S {
  // Beside a group, a server outside of it has no part in its data.
  const writable = answers.filter(({ state }) => state?.acceptsWrites && state.isGroupMember === isInGroup);
  const [first] = writable;
  const isOutside = ({ state }: Answer<S>) => isInGroup && state?.acceptsWrites && !state.isGroupMember;
  const states = answers
    .map((answer) => `${nameOf(answer.server)}: ${answer.problem}${isOutside(answer) ? ', outside of the group' : ''}`)
    .join(', ');
  if (answers.every(({ rejectsTls }) => rejectsTls)) {
    throw new UnsuitableServerError(
      `database servers: expected an encrypted connection to one of them, got none (${states})`,
    );
  }
  if (first === undefined) {
    const isMoving = answers.some(({ state }) => state !== undefined);
    throw new NoWritableServerError(`no database server accepts writes (${states})`, isMoving);
  }
  // Replicas that choose differently would count in two databases. The members of a group share one.
  if (writable.length > 1 && !isInGroup) {
    const fix = 'set super_read_only=ON on all but one, or name one host';
    throw new UnsuitableServerError(
      `database servers: expected one that accepts writes, got several (${states}); ${fix}`,
    );
  }
  return first.server;
}

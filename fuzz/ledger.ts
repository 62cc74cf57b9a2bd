import { waitAtMost } from '../app/lib/wait-at-most.ts';
import { logLineProblem } from './log-line.ts';

/** A request in a replica's log. */
export interface SeenRequest {
  requestId: string;
  clientIp: string;
  method: string;
  path: string;
  status: number;
  /** The visit's number, if it was counted. */
  visit?: number;
}

/** The requests that reached the replicas of a target, by client address. */
export interface Ledger {
  /** Processes a line of a replica's log. */
  takeLine(line: Buffer): void;
  add(request: SeenRequest): void;
  /** Returns a client's requests since the last `claim`. */
  seen(clientIp: string): readonly SeenRequest[];
  /** Removes and returns a client's requests since the last `claim`. */
  claim(clientIp: string): SeenRequest[];
  /** Returns the requests that were never claimed. */
  unclaimed(): SeenRequest[];
  /** Returns all visit numbers in ascending order. */
  visits(): number[];
  /**
   * Resolves when the request with this id is logged. That request belongs to no client.
   *
   * @throws when it is not logged in time
   */
  untilSeen(requestId: string): Promise<void>;
  /** Lines that a log must not contain. */
  problems: string[];
}

/** A replica's messages about clients that send too much or forge headers. */
const OF_CLIENTS = /^(connection rejected: limit reached|forwarding headers ignored)/;

const SEEN_WITHIN_MS = 30_000;

function parse(line: string): (SeenRequest & { msg: string; level: string }) | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

export function createLedger(): Ledger {
  const byClient = new Map<string, SeenRequest[]>();
  const awaited = new Map<string, () => void>();
  const visits: number[] = [];
  const problems: string[] = [];

  function add(request: SeenRequest): void {
    const waiting = awaited.get(request.requestId);
    if (waiting) {
      awaited.delete(request.requestId);
      waiting();
      return;
    }
    if (request.visit !== undefined) visits.push(request.visit);
    const known = byClient.get(request.clientIp);
    if (known) known.push(request);
    else byClient.set(request.clientIp, [request]);
  }

  return {
    add,
    problems,
    takeLine(line) {
      if (line.length === 0) return;
      const problem = logLineProblem(line);
      if (problem !== undefined) problems.push(`${problem}: ${JSON.stringify(line.toString('latin1'))}`);
      const parsed = parse(line.toString());
      if (!parsed) return;
      if (parsed.msg === 'request') add(parsed);
      else if (parsed.level !== 'info' && !OF_CLIENTS.test(parsed.msg)) problems.push(line.toString());
    },
    seen: (clientIp) => byClient.get(clientIp) ?? [],
    claim(clientIp) {
      const claimed = byClient.get(clientIp) ?? [];
      byClient.delete(clientIp);
      return claimed;
    },
    unclaimed: () => [...byClient.values()].flat(),
    visits: () => visits.toSorted((a, b) => a - b),
    async untilSeen(requestId) {
      const seen = new Promise<true>((resolve) => awaited.set(requestId, () => resolve(true)));
      if (!(await waitAtMost(seen, SEEN_WITHIN_MS))) throw new Error(`no replica logged the request ${requestId}`);
    },
  };
}

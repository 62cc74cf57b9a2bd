import { logLineProblem } from './log-line.ts';

/** A request as a replica logged it. */
export interface SeenRequest {
  requestId: string;
  clientIp: string;
  method: string;
  path: string;
  status: number;
  /** The visit's number, where it was counted. */
  visit?: number;
}

/** What reached the replicas of one target, by the client it came from. */
export interface Ledger {
  /** Takes a line of a replica's log. */
  takeLine(line: Buffer): void;
  add(request: SeenRequest): void;
  /** What a client asked since it was claimed last. */
  seen(clientIp: string): readonly SeenRequest[];
  /** Hands over what a client asked since this was asked for it last. */
  claim(clientIp: string): SeenRequest[];
  /** What nobody has claimed. */
  unclaimed(): SeenRequest[];
  /** All numbers of visits, in order. */
  visits(): number[];
  /**
   * Resolves when the request of this id is logged. It belongs to nobody.
   *
   * @throws when it is not
   */
  untilSeen(requestId: string): Promise<void>;
  /** Lines that are none a log should have. */
  problems: string[];
}

/** What a replica says of clients that ask for too much, or claim what they may not. */
const OF_CLIENTS = /^(connection refused: limit reached|forwarding headers ignored)/;

const SEEN_WITHIN_MS = 30_000;

function parse(line: string): (SeenRequest & { msg: string; level: string }) | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Builds a ledger with nothing in it. */
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
    untilSeen: (requestId) =>
      new Promise((resolve, reject) => {
        const fail = () => reject(new Error(`no replica logged the request ${requestId}`));
        const timer = setTimeout(fail, SEEN_WITHIN_MS);
        awaited.set(requestId, () => {
          clearTimeout(timer);
          resolve();
        });
      }),
  };
}

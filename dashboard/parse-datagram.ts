import { z } from 'zod';
import { clientKey } from '../app/lib/ip-address.ts';
import { VISIT_VERDICTS } from '../app/replicas/registry.ts';
import type { FailedTry, LogEntry } from './log-entry.ts';

/** RFC 3164: priority, time, host and tag stand before the text. Nginx and the edge send JSON as the text. */
const FRAME = /^<\d{1,3}>[^{]{0,200}(\{.*\})\s*$/s;

/** An address that a balancer connects to: IPv4, or IPv6 in brackets, with a port. */
const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:]{2,39}\]):\d{1,5}$/i;

/** Maximum number of requests that one line can stand for. */
const MAX_COUNT = 1000;

const status = z.int().min(0).max(999);
const notLogged = z.int().min(0).default(0);
const verdict = z.enum(VISIT_VERDICTS).optional().catch(undefined);

/** A line of `log_format mooring-dashboard` in nginx/templates. Addresses and times are lists, as in `$upstream_addr`. */
const NGINX_REQUEST = z.object({
  clientIp: z.string(),
  path: z.string(),
  status,
  affinity: verdict,
  peer: z.string(),
  headerSeconds: z.string(),
});

/** A line of the edge's access log. */
const EDGE_REQUEST = z.object({
  msg: z.literal('request'),
  clientIp: z.string(),
  path: z.string(),
  status,
  affinity: verdict,
  answeredBy: z.string().optional(),
  durationMs: z.number().min(0),
  notLogged,
});

/** A line of the edge's log about a try that failed. */
const EDGE_FAILURE = z.object({ msg: z.literal('upstream failed'), peer: z.string(), reason: z.string(), notLogged });

/**
 * Parses a syslog datagram with a line of a balancer's log.
 *
 * @returns undefined for anything else: a truncated line, other lines of the edge's log, or what is not a log line at all
 */
export function parseDatagram(datagram: Buffer): LogEntry | undefined {
  const text = FRAME.exec(datagram.toString())?.[1];
  const line = text === undefined ? undefined : parseJson(text);
  if (typeof line !== 'object' || line === null) return undefined;
  if (!('msg' in line)) return fromNginx(NGINX_REQUEST.safeParse(line).data);
  return fromEdge(EDGE_REQUEST.safeParse(line).data) ?? fromEdgeFailure(EDGE_FAILURE.safeParse(line).data);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Nginx separates tries by `, ` and restarts of a request by ` : `. A try without response headers has the time `-`. */
function fromNginx(line: z.infer<typeof NGINX_REQUEST> | undefined): LogEntry | undefined {
  if (!line) return undefined;
  const addresses = split(line.peer);
  const times = split(line.headerSeconds);
  const tries = addresses.map((address, index) => ({ address, seconds: Number.parseFloat(times[index] ?? '') }));
  const last = tries.at(-1);
  const isAnswered = last !== undefined && !Number.isNaN(last.seconds);
  // After a client has disconnected, its last try did not fail: nobody waited for it.
  const failed = tries.slice(0, isAnswered || line.status === CLIENT_CLOSED_REQUEST ? -1 : undefined);
  return {
    sender: 'nginx',
    request: {
      client: clientKey(line.clientIp),
      path: line.path,
      status: line.status,
      affinity: isAnswered ? line.affinity : undefined,
      durationMs: isAnswered ? last.seconds * 1000 : 0,
      answeredBy: isAnswered ? knownForm(last.address) : undefined,
      count: 1,
    },
    failedTries: failed.flatMap(({ address, seconds }) => toFailedTry(address, !Number.isNaN(seconds), 1)),
  };
}

const CLIENT_CLOSED_REQUEST = 499;

/** The edge logs failed tries in lines of their own. */
function fromEdge(line: z.infer<typeof EDGE_REQUEST> | undefined): LogEntry | undefined {
  if (!line) return undefined;
  const { clientIp, path, status, affinity, durationMs, notLogged } = line;
  const answeredBy = line.answeredBy === undefined ? undefined : knownForm(line.answeredBy);
  const count = countOf(notLogged);
  return {
    sender: 'edge',
    request: { client: clientKey(clientIp), path, status, affinity, durationMs, answeredBy, count },
    failedTries: [],
  };
}

function fromEdgeFailure(line: z.infer<typeof EDGE_FAILURE> | undefined): LogEntry | undefined {
  return (
    line && {
      sender: 'edge',
      failedTries: toFailedTry(line.peer, line.reason.startsWith('answered '), countOf(line.notLogged)),
    }
  );
}

function countOf(notLogged: number): number {
  return 1 + Math.min(notLogged, MAX_COUNT);
}

function toFailedTry(address: string, wasAnswered: boolean, count: number): FailedTry[] {
  return knownForm(address) === undefined ? [] : [{ address, wasAnswered, count }];
}

/** Without a replica to try, Nginx notes the name of the upstream. */
function knownForm(address: string): string | undefined {
  return ADDRESS.test(address) ? address : undefined;
}

function split(list: string): string[] {
  return list.split(/, | : /).filter((element) => element !== '');
}

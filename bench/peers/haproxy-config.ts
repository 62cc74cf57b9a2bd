import type { PeerReplica } from './peer.ts';

export interface HaproxyConfigOptions {
  port: number;
  replicas: readonly PeerReplica[];
}

/**
 * Returns a configuration with which HAProxy 2.6 does what our Nginx does, as an expert would write it: affinity by a
 * cookie that expires after five idle minutes, new clients to the replica with the fewest connections, another replica
 * for requests that may be sent twice.
 *
 * - Its defaults stay: as many threads as processors, and the size of its buffers.
 * - `indirect` hides the cookie from the replicas, as is usual. `maxidle` makes the cookie slide and puts the time into
 * it.
 * - To retry a sent request, it must keep the request until there is a response, which has a cost. Nginx does so, too.
 * - It logs a line of JSON for each request with the same fields as Nginx, because the access log is the largest part
 * of the work of both besides proxying.
 */
export function haproxyConfig({ port, replicas }: HaproxyConfigOptions): string {
  const servers = replicas.map(({ address, sid }, index) => `    server replica${index + 1} ${address} cookie ${sid}`);
  return `global
    log stdout format raw local0 info
    maxconn 4000

defaults
    mode http
    log global
    timeout connect 1s
    timeout client 15s
    timeout server 60s
    timeout http-request 15s
    timeout http-keep-alive 65s
    timeout queue 5s

frontend clients
    bind 127.0.0.1:${port}
    unique-id-format %Ts.%ms-%[uuid()]
    http-request set-header X-Request-ID %[unique-id]
    http-request set-header X-Real-IP %[src]
    http-request set-header X-Forwarded-For %[src]
    http-request set-header X-Forwarded-Proto http
    http-request set-header X-Forwarded-Host %[req.hdr(Host)]
    http-request disable-l7-retry if { method POST PATCH LOCK }
    log-format '${LOG_FORMAT}'
    default_backend replicas

backend replicas
    balance leastconn
    cookie srv_id insert indirect nocache maxidle 5m httponly attr SameSite=Lax attr Max-Age=300
    http-reuse always
    option redispatch 1
    retries ${Math.max(1, replicas.length)}
    retry-on conn-failure empty-response response-timeout 503
    default-server check inter 1s fall 2 rise 1 pool-purge-delay 60s
${servers.join('\n')}
`;
}

/** The fields of our Nginx's log, in the same order. */
const LOG_FORMAT = `{${[
  '"time":"%tr"',
  '"requestId":"%ID"',
  '"clientIp":"%ci"',
  '"method":"%HM"',
  '"path":"%[capture.req.uri,json(utf8s)]"',
  '"status":%ST',
  '"bytes":%B',
  '"durationMs":%Ta',
  '"peer":"%si:%sp"',
  '"peerMs":%Tr',
  '"affinity":"%tsc"',
].join(',')}}`;

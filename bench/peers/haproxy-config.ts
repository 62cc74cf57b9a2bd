import type { PeerReplica } from './peer.ts';

export interface HaproxyConfigOptions {
  port: number;
  replicas: readonly PeerReplica[];
}

/**
 * HAProxy 2.6 doing what our Nginx does, as somebody who knows it would write it: moored by a cookie for five minutes of
 * idleness, new clients to the replica with the fewest connections, another replica for whatever may be sent twice.
 *
 * - As many threads as there are processors is its own default, and so is the size of its buffers.
 * - `indirect` keeps the cookie from the replicas, as is usual; `maxidle` makes it slide, and puts the time into it.
 * - A retry after the request was sent wants the request kept until there is an answer, which costs; Nginx does it, too.
 * - It logs a line of JSON for each request with the same fields as Nginx does, as an access log is the larger part of
 *   what either does beside proxying.
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

/** The fields of our Nginx's log, in its order. */
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

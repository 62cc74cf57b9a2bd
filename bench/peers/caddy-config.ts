import type { PeerReplica } from './peer.ts';

export interface CaddyConfigOptions {
  port: number;
  replicas: readonly PeerReplica[];
  /** Where it may keep what it keeps. */
  folder: string;
}

/**
 * Caddy 2.6 doing what our Nginx does, as far as it can, as somebody who knows it would write it.
 *
 * - It names a replica in the cookie by a hash of its own, for as long as the browser runs, and sends it once.
 * - Clients without a cookie are spread at random: this version has no other way beside the cookie.
 * - It sets X-Forwarded-For, -Proto and -Host by itself, and believes nobody's.
 * - It tries another replica when one cannot be reached, and for GET also when one fails in the middle. A 503 it passes on.
 * - It keeps 32 idle connections to a replica unless it is told otherwise: with more clients it would open new ones.
 * - It logs a line of JSON for each request, as Nginx does, without the headers it would put in by default.
 */
export function caddyConfig({ port, replicas, folder }: CaddyConfigOptions): string {
  return `{
	admin off
	auto_https off
	storage file_system ${folder}
	grace_period 1s
	log {
		output stderr
		level ERROR
		exclude http.log.access
	}
}

http://127.0.0.1:${port} {
	bind 127.0.0.1
	log {
		output stdout
		format filter {
			wrap json
			fields {
				request>headers delete
				resp_headers delete
			}
		}
	}
	reverse_proxy ${replicas.map(({ address }) => address).join(' ')} {
		lb_policy cookie srv_id
		lb_retries ${replicas.length}
		fail_duration 10s
		header_up X-Request-ID {time.now.unix_ms}-{http.request.uuid}
		header_up X-Real-IP {remote_host}
		transport http {
			dial_timeout 1s
			keepalive 60s
			keepalive_idle_conns_per_host 256
			compression off
		}
	}
}
`;
}

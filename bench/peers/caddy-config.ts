import type { PeerReplica } from './peer.ts';

export interface CaddyConfigOptions {
  port: number;
  replicas: readonly PeerReplica[];
  /** Folder for Caddy's data. */
  folder: string;
}

/**
 * Returns a configuration with which Caddy 2.6 does what our Nginx does, as far as possible, as an expert would write
 * it.
 *
 * - Its affinity cookie contains a hash that names the replica. It is a session cookie, and is sent once.
 * - Clients without a cookie are spread at random: this version has no other policy beside the cookie.
 * - It sets X-Forwarded-For, -Proto and -Host itself and trusts no proxy.
 * - It tries another replica when it cannot reach one, and for GET also when one fails during the request. It passes a
 * 503 on.
 * - By default it keeps 32 idle connections to a replica. With more clients it would open new ones, so the limit is
 * raised.
 * - It logs a line of JSON for each request, as Nginx does, without the headers that it would log by default.
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

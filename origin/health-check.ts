// The image's health check: exits with 0 when this container's replica is ready, else with 1. It runs every few seconds, so
// it imports next to nothing. It does not validate the settings, because the replica does.
//
// With the name of a file, it asks whether the replica is ready only until it was ready once, and from then on whether it lives.
// An orchestrator that restarts unhealthy containers then stops an update to replicas that never get ready, but restarts nothing
// while the database is down. The file must be gone when the container is.
import { existsSync, writeFileSync } from 'node:fs';

const host = process.env.HOST || '0.0.0.0';
const port = process.env.PORT || '5000';

/** A wildcard address can be listened on, but not connected to. */
const LOOPBACK: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

const wasReady = process.argv[2];
const path = wasReady && existsSync(wasReady) ? '/healthz' : '/readyz';
const address = LOOPBACK[host] ?? host;
const url = `http://${address.includes(':') ? `[${address}]` : address}:${port}${path}`;
const isReady = await fetch(url).then(
  ({ ok }) => ok,
  () => false,
);
if (isReady && wasReady) writeFileSync(wasReady, '');
process.exit(isReady ? 0 : 1);

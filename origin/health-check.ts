// The image's health check: exits with 0 when this container's replica is ready, else with 1. It runs every few seconds, so
// it imports nothing. It does not validate the settings, because the replica does.
const host = process.env.HOST || '0.0.0.0';
const port = process.env.PORT || '5000';

/** A wildcard address can be listened on, but not connected to. */
const LOOPBACK: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

const address = LOOPBACK[host] ?? host;
const url = `http://${address.includes(':') ? `[${address}]` : address}:${port}/readyz`;
const isReady = await fetch(url).then(
  ({ ok }) => ok,
  () => false,
);
process.exit(isReady ? 0 : 1);

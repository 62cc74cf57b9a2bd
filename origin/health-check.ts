// The image's health check: exits with 0 when the replica of this container is ready, with 1 when it is not. It runs every few
// seconds, so it imports nothing. The replica itself has validated these settings.
const host = process.env.HOST || '0.0.0.0';
const port = process.env.PORT || '5000';

/** A wildcard is an address to listen on, not one to connect to. */
const LOOPBACK: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

const address = LOOPBACK[host] ?? host;
const url = `http://${address.includes(':') ? `[${address}]` : address}:${port}/readyz`;
const isReady = await fetch(url).then(
  ({ ok }) => ok,
  () => false,
);
process.exit(isReady ? 0 : 1);

import { createSocket } from 'node:dgram';
import { waitAtMost } from '../../app/lib/wait-at-most.ts';
import { isPrivateIpv4, lookupIpv4s } from '../../cli/lookup-ipv4s.ts';

export interface DashboardSenderOptions {
  host: string;
  port: number;
  /** Returns all IPv4 addresses of a host name. Fails when it has none. */
  lookupAll?: (name: string) => Promise<string[]>;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs?: () => number;
}

/** The service comes and goes: its name is looked up again by the first line after this time. */
const LOOKUP_INTERVAL_MS = 1000;

/** What the dashboard counts: requests, and tries at a replica that failed. */
const COUNTED = /"msg":"(?:request|upstream failed)"\}$/;

/** The priority of Nginx's access log by syslog: facility local7, severity info. */
const FRAME = '<190>mooring: ';

/**
 * Returns a function that takes each line of the edge's log and sends those that the dashboard counts to its service, by syslog
 * over UDP. The runtime itself has no UDP. While the service does not run, the lines are dropped.
 */
export function createDashboardSender(options: DashboardSenderOptions): (line: string) => void {
  const { host, port, lookupAll = lookupIpv4s, monotonicMs = () => performance.now() } = options;
  const socket = createSocket('udp4').unref();
  // For example no free port. The edge works without the service.
  socket.on('error', () => {});
  let address: string | undefined;
  let dueAtMs = Number.NEGATIVE_INFINITY;

  async function lookUp(): Promise<void> {
    const found = await waitAtMost(lookupAll(host), LOOKUP_INTERVAL_MS).catch(() => undefined);
    address = found?.find(isPrivateIpv4);
  }

  return (line) => {
    if (!COUNTED.test(line)) return;
    if (monotonicMs() >= dueAtMs) {
      dueAtMs = monotonicMs() + LOOKUP_INTERVAL_MS;
      void lookUp();
    }
    // A failure is reported to the callback. The lines of a service that has just gone are lost, like those before it came.
    if (address !== undefined) socket.send(`${FRAME}${line}`, port, address, () => {});
  };
}

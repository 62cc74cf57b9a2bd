import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect as connectHttp2 } from 'node:http2';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { AttackOutcome } from '../../testkit/docker/attack.ts';
import { createStack, type Stack } from '../../testkit/docker/stack.ts';
import { freePortRange } from '../../testkit/network/free-ports.ts';

const TLS_FILES = ['-f', 'docker-compose.yml', '-f', 'docker-compose.tls.yml'];
const NODE_IMAGE = 'node:24-slim';
const ATTACKERS = 3;
const VISITS = 10;

/** Stands in for all replicas. Answers at once, but never on /wait, so that requests stay in flight. */
const REPLICA = `require('node:http').createServer({ maxHeaderSize: 131072 }, (request, response) => {
  if (request.url !== '/wait') request.resume().on('end', () => response.end('here'));
}).listen(5000)`;

let stack: Stack;
let folder: string;
let httpsPort: number;
let nginx: string;

/** Starts the Nginx of docker-compose.yml with its limits of memory and processors, before a minimal replica. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-tls-'));
  httpsPort = await freePortRange(1);
  stack = await createStack({
    TLS_DIRECTORY: folder,
    HTTPS_PORT: `127.0.0.1:${httpsPort}`,
    UPSTREAM_READ_TIMEOUT_MS: '60000',
  });
  const key = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-keyout',
    join(folder, 'tls.key'),
  ];
  const made = await stack.run('openssl', 'req', '-x509', '-subj', '/CN=a', ...key, '-out', join(folder, 'tls.crt'));
  expect(made.code, made.stderr).toBe(0);
  await stack.compose(...TLS_FILES, 'run', '--rm', '--no-deps', '-T', 'nginx-settings');
  await stack.compose(...TLS_FILES, 'up', '--detach', '--no-deps', '--wait', 'nginx');
  nginx = (await stack.compose('ps', '--quiet', 'nginx')).trim();
  const network = ['--network', `${stack.name}_front`, '--network-alias', 'replica'];
  const replica = ['--name', `${stack.name}-replica`, ...network, NODE_IMAGE, 'node', '--eval', REPLICA];
  const started = await stack.run('docker', 'run', '--detach', '--rm', ...replica);
  expect(started.code, started.stderr).toBe(0);
  await vi.waitFor(async () => expect(await visit()).toBe(200), { timeout: 60_000, interval: 500 });
});

afterAll(async () => {
  await stack.run('docker', 'rm', '--force', `${stack.name}-replica`);
  await stack.remove();
  await rm(folder, { recursive: true });
});

/** Visits over HTTP/1.1 from this machine's address. @returns the status */
function visit(): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: httpsPort, rejectUnauthorized: false, agent: false };
    get(options, (response) => resolve(response.resume().statusCode)).on('error', reject);
  });
}

/** Visits over HTTP/2 from this machine's address. @returns the status */
async function visitByHttp2(): Promise<number | undefined> {
  const session = connectHttp2(`https://127.0.0.1:${httpsPort}`, { rejectUnauthorized: false });
  try {
    const stream = session.request({ ':path': '/' }).resume();
    const [headers] = (await once(stream, 'response')) as [{ ':status'?: number }];
    return headers[':status'];
  } finally {
    session.destroy();
  }
}

interface Attacker {
  child: ChildProcess;
  /** Resolves when all its connections were attempted. */
  atTheMaximum: Promise<unknown>;
  /** Ends the attack. */
  stop(): Promise<AttackOutcome>;
}

function startAttacker(kind: string, connections: number): Attacker {
  const script = fileURLToPath(new URL('../../testkit/docker/attack.ts', import.meta.url));
  const place = ['--network', `${stack.name}_public`, '--volume', `${script}:/attack.ts:ro`];
  const attack = ['node', '/attack.ts', kind, 'nginx', '443', `${connections}`];
  const child = spawn('docker', ['run', '--rm', '--interactive', ...place, NODE_IMAGE, ...attack], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  const output = createInterface(child.stdout as Readable);
  output.on('line', (line) => lines.push(line));
  return {
    child,
    atTheMaximum: once(output, 'line'),
    async stop() {
      child.stdin?.end();
      await once(output, 'close');
      return JSON.parse(lines.at(-1) as string) as AttackOutcome;
    },
  };
}

/** Returns what would change if the kernel killed one of Nginx's processes. */
async function processes(): Promise<string> {
  const { stdout } = await stack.run('docker', 'top', nginx, '-eo', 'pid,args');
  const state = await stack.run('docker', 'inspect', '--format', '{{.State.OOMKilled}} {{.RestartCount}}', nginx);
  return `${stdout.match(/^.*nginx: .*$/gm)?.join('\n')}\nkilled for memory, restarts: ${state.stdout}`;
}

test.each([
  // These exceed the shared limit, too, and Nginx cannot tell which limit a request met.
  { kind: 'slow bodies', connections: 120, refused: ['429', '503'] },
  { kind: 'headers that never end', connections: 200, refused: undefined },
  { kind: 'headers that are too large', connections: 100, refused: ['431'] },
  { kind: 'large requests that wait', connections: 120, refused: ['429', '503'] },
  { kind: 'open event streams', connections: 100, refused: ['429', '503'] },
  { kind: 'slow bodies in HTTP/2', connections: 30, refused: ['429', '503'] },
  { kind: 'large headers, slow bodies in HTTP/2', connections: 30, refused: ['429', '503'] },
])(
  '$kind from three addresses keep no other client from an answer, and end no process',
  async ({ kind, connections, refused }) => {
    const before = await processes();
    const attackers = Array.from({ length: ATTACKERS }, () => startAttacker(kind, connections));
    await Promise.all(attackers.map(({ atTheMaximum }) => atTheMaximum));
    const statuses = new Set<number | undefined>();
    for (let nth = 0; nth < VISITS; nth++) statuses.add(await visit()).add(await visitByHttp2());
    const outcomes = await Promise.all(attackers.map((attacker) => attacker.stop()));
    expect([...statuses]).toEqual([200]);
    for (const { opened, statuses: answers } of outcomes) {
      expect(opened).toBeGreaterThan(0);
      if (refused) expect(Object.keys(answers).some((status) => refused.includes(status))).toBe(true);
      expect(answers).not.toHaveProperty('200');
    }
    expect(await processes()).toBe(before);
  },
);

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { waitAtMost } from '../../app/lib/wait-at-most.ts';
import type { EdgeReport } from '../../app/replicas/edge-report.ts';
import { readLines } from '../../cli/read-lines.ts';
import type { EdgeBundle } from './bundle.ts';
import type { Edge, EdgeOptions } from './options.ts';
import { EdgeStartError } from './start-error.ts';
import { edgeConfig, FIGURES_SOCKET, HTTP_SOCKET } from './workerd-config.ts';

export interface EdgeProcessOptions extends EdgeOptions {
  /** Path of workerd's executable. */
  workerd: string;
  bundle: EdgeBundle;
  /** Whether `readFigures` is needed. */
  hasFigures?: boolean;
}

/** An edge in a process of its own. Its `close` finishes the requests in flight first. */
export interface EdgeProcess extends Edge {
  pid: number;
  /** Resolves with the exit code when the runtime has ended; null when a signal ended it. */
  exited: Promise<number | null>;
  /** Returns what the worker has counted. Fails when it does not answer within `FIGURES_TIMEOUT_MS`, or without `hasFigures`. */
  readFigures(): Promise<EdgeReport>;
}

/** File descriptor, the first after the standard ones, on which the runtime reports that it listens. */
const CONTROL_FD = 3;

/** When the edge stops, clients that still read their response are cut off after this time. */
const CLOSE_TIMEOUT_MS = 10_000;

/** Shorter than the time that Prometheus waits for an answer. */
const FIGURES_TIMEOUT_MS = 3000;

/** How many characters of the runtime's output an `EdgeStartError` quotes. */
const LAST_WORDS_LENGTH = 4000;
const STACK_LINE = /^ +at /;

/**
 * Starts the runtime and waits until it listens. It runs without Miniflare, which would let a client set its own
 * address and would cut off requests in flight when it stops.
 *
 * @throws {EdgeStartError} with the runtime's output
 */
export async function runEdge(options: EdgeProcessOptions): Promise<EdgeProcess> {
  const { workerd, host = '127.0.0.1', port, hasFigures = false, onLog = () => {} } = options;
  const peersServer = options.peers && (await servePeers(options.peers));
  const folder = await mkdtemp(join(tmpdir(), 'mooring-edge-'));
  try {
    const configFile = await writeConfig(folder, options, `${host}:${port}`, peersServer);
    const child = spawn(workerd, ['serve', `--control-fd=${CONTROL_FD}`, configFile], {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    const exited = endOf(child);
    void exited.then(() => peersServer?.close());
    for (const stream of [child.stdout, child.stderr]) {
      readLines(stream as Readable, (line) => onLog(line.toString()));
    }
    const ports = await untilListening(child, exited, hasFigures ? [HTTP_SOCKET, FIGURES_SOCKET] : [HTTP_SOCKET]);
    return {
      url: `http://${host}:${port}`,
      pid: child.pid as number,
      exited,
      readFigures: () => readFigures(ports.get(FIGURES_SOCKET)),
      close: () => close(child, exited),
    };
  } catch (error) {
    peersServer?.close();
    throw error;
  } finally {
    // The runtime has read the files by now, and one of them contains the database's password.
    await rm(folder, { recursive: true });
  }
}

/** Serves the list of peers on a loopback port. */
async function servePeers(peers: () => Promise<string>): Promise<Server> {
  const server = createServer((_request, response) => {
    peers().then(
      (list) => response.end(list),
      (error: Error) => response.writeHead(503).end(error.message),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function writeConfig(
  folder: string,
  { bundle, vars, database, hasFigures = false }: EdgeProcessOptions,
  address: string,
  peersServer: Server | undefined,
): Promise<string> {
  const peersAddress = peersServer && `127.0.0.1:${(peersServer.address() as AddressInfo).port}`;
  const scriptFile = 'worker.js';
  const configFile = join(folder, 'edge.capnp');
  await writeFile(join(folder, scriptFile), bundle.script);
  await writeFile(configFile, edgeConfig({ ...bundle, scriptFile, address, vars, database, hasFigures, peersAddress }));
  return configFile;
}

/**
 * Waits until the runtime listens on each of these sockets, and returns their ports by name.
 *
 * @throws {EdgeStartError} when the runtime ends instead
 */
async function untilListening(
  child: ChildProcess,
  exited: Promise<number | null>,
  sockets: readonly string[],
): Promise<Map<string, number>> {
  let lastWords = '';
  const keep = (text: Buffer) => {
    lastWords = `${lastWords}${text}`.slice(-LAST_WORDS_LENGTH);
  };
  child.stderr?.on('data', keep);
  const failed = exited.then(() => {
    const words = lastWords.split('\n').filter((line) => line !== '' && !STACK_LINE.test(line));
    throw new EdgeStartError(words.join('\n') || 'workerd exited without a message');
  });
  const ports = new Map<string, number>();
  const listening = Promise.withResolvers<void>();
  readLines(child.stdio[CONTROL_FD] as Readable, (line) => {
    const { event, socket, port } = JSON.parse(`${line}`) as { event: string; socket: string; port: number };
    if (event === 'listen') ports.set(socket, port);
    if (sockets.every((name) => ports.has(name))) listening.resolve();
  });
  // After that, the runtime's end is no failure to start.
  await Promise.race([listening.promise, failed]);
  failed.catch(() => {});
  child.stderr?.off('data', keep);
  return ports;
}

async function readFigures(port: number | undefined): Promise<EdgeReport> {
  if (port === undefined) throw new Error('this edge was started without figures');
  const response = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(FIGURES_TIMEOUT_MS) });
  return (await response.json()) as EdgeReport;
}

async function endOf(child: ChildProcess): Promise<number | null> {
  // Wait for `close` and not for `exit`: after `exit` there may be output left to read.
  const [code] = await once(child, 'close');
  return code;
}

async function close(child: ChildProcess, exited: Promise<number | null>): Promise<void> {
  child.kill('SIGTERM');
  await waitAtMost(exited, CLOSE_TIMEOUT_MS);
  // Does nothing when the runtime has ended.
  child.kill('SIGKILL');
  await exited;
}

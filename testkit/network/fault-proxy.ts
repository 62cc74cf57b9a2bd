import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Transform } from 'node:stream';
import { delay } from '../../app/lib/delay.ts';

/** A proxy to a server that can refuse, cut, stall, lose or delay traffic. */
export interface FaultProxy {
  port: number;
  /** Cuts every connection and refuses new ones, like a server that has crashed. */
  shut(): Promise<void>;
  open(): Promise<void>;
  /** Forwards nothing more, like a server that hangs. Connections stay open. Ended by `resume`. */
  stall(): void;
  /** Forwards nothing that the server sends, like a client that hangs. Ended by `resume`. */
  stallAnswers(): void;
  resume(): void;
  /** Loses everything from now on, including closes and new connections, like a network that is cut silently. */
  vanish(): void;
  /** Ends `vanish`. Connections that one side closed in the meantime are now closed on the other side, too. */
  reappear(): void;
  /** Delays data in both directions by this time; 0 ends the delay. */
  delay(ms: number): void;
}

export interface FaultProxyOptions {
  targetHost?: string;
  /** Port on loopback; any free one by default. */
  port?: number;
}

/** Starts a proxy to a server, on loopback. */
export async function createFaultProxy(targetPort: number, options: FaultProxyOptions = {}): Promise<FaultProxy> {
  const { targetHost = '127.0.0.1' } = options;
  const sockets = new Set<Socket>();
  const held = new Set<() => void>();
  let server: Server;
  let port = options.port ?? 0;
  let isStalled = false;
  let areAnswersStalled = false;
  let isVanished = false;
  const lost = new Set<Socket>();
  let delayMs = 0;

  function passOn(letPass: () => void, isAnswer: boolean): void {
    if (isStalled || isVanished || (isAnswer && areAnswersStalled)) held.add(letPass);
    else letPass();
  }

  /** Returns the stream for one direction. */
  function passage(isAnswer: boolean): Transform {
    /** The chunks on their way, like on a long line: each is late by the delay, and none waits for the one before. */
    let underway: Promise<void> | undefined;
    return new Transform({
      transform(chunk, _encoding, done) {
        const letPass = () => passOn(() => done(null, chunk), isAnswer);
        if (delayMs > 0) {
          const arrival = delay(delayMs);
          const before = underway;
          const passes = async () => {
            await before;
            await arrival;
            await new Promise<void>((resolve) => passOn(resolve, isAnswer));
            this.push(chunk);
            if (underway === passed) underway = undefined;
          };
          const passed = passes();
          underway = passed;
          done();
        } else if (underway) void underway.then(letPass);
        else letPass();
      },
      async flush(done) {
        await underway;
        if (isVanished) held.add(done);
        else done();
      },
    });
  }

  function end(socket: Socket): void {
    if (isVanished) lost.add(socket);
    else socket.destroy();
  }

  function letAllPass(): void {
    for (const letPass of held) letPass();
    held.clear();
  }

  function pass(client: Socket): void {
    if (isVanished) {
      sockets.add(client.on('error', () => {}));
      end(client);
      return;
    }
    const upstream = connect(targetPort, targetHost);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      // Otherwise small packets wait for the acknowledgement of the packet before, up to 40 ms.
      socket.setNoDelay();
      socket.pipe(passage(socket === upstream)).pipe(other);
      socket.on('error', () => end(other));
      socket.on('close', () => {
        sockets.delete(socket);
        // After a clean end, the remaining data is forwarded first.
        if (!socket.readableEnded) end(other);
      });
    }
  }

  async function open(): Promise<void> {
    server = createServer(pass).listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  }

  await open();
  return {
    port,
    open,
    stall() {
      isStalled = true;
    },
    stallAnswers() {
      areAnswersStalled = true;
    },
    resume() {
      isStalled = false;
      areAnswersStalled = false;
      letAllPass();
    },
    vanish() {
      isVanished = true;
    },
    reappear() {
      isVanished = false;
      letAllPass();
      for (const socket of lost) socket.destroy();
      lost.clear();
    },
    delay(ms) {
      delayMs = ms;
    },
    async shut() {
      server.close();
      for (const socket of sockets) socket.destroy();
      held.clear();
      await once(server, 'close');
    },
  };
}

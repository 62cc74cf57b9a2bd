import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Transform } from 'node:stream';

/** A way to a server that can be shut, cut, slowed down and opened again. */
export interface FaultProxy {
  port: number;
  /** Cuts every connection and refuses new ones, as a server does that has died. */
  shut(): Promise<void>;
  open(): Promise<void>;
  /** Passes nothing on any more, as a server does that hangs; connections stay. It ends with `resume`. */
  stall(): void;
  /** Passes nothing on of what the server says, as to a client that hangs. It ends with `resume`. */
  stallAnswers(): void;
  resume(): void;
  /** Loses everything from now on, closings and new connections included, as a network does that is cut silently. */
  vanish(): void;
  /** Ends that: what was closed meanwhile is closed on the other side, too. */
  reappear(): void;
  /** Holds back what passes in either direction by so much; 0 ends it. */
  delay(ms: number): void;
}

export interface TcpGateOptions {
  targetHost?: string;
  /** Where it listens on loopback; any free port without it. */
  port?: number;
}

/** Opens a gate before a server, on loopback. */
export async function createTcpGate(targetPort: number, options: TcpGateOptions = {}): Promise<FaultProxy> {
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

  /** What one direction goes through. */
  function passage(isAnswer: boolean): Transform {
    return new Transform({
      transform(chunk, _encoding, done) {
        const letPass = () => done(null, chunk);
        if (delayMs === 0) passOn(letPass, isAnswer);
        else setTimeout(() => passOn(letPass, isAnswer), delayMs);
      },
      flush(done) {
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
      socket.pipe(passage(socket === upstream)).pipe(other);
      socket.on('error', () => end(other));
      socket.on('close', () => {
        sockets.delete(socket);
        // One that ended in good order has its last words passed on first.
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

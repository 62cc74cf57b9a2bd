import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** RFC 6455 section 1.3. */
const HANDSHAKE_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

const CLOSE_FRAME = 0x8;

/** Accepts an upgrade, reads nothing, and answers nothing, not even the end of the connection. */
export function hangWebSocket(request: IncomingMessage, socket: Socket, name: string): void {
  accept(request, socket, name);
  socket.pause();
}

/** Accepts an upgrade and echoes every frame. After the close frame it ends the connection. */
export function echoWebSocket(request: IncomingMessage, socket: Socket, name: string): void {
  accept(request, socket, name);
  let buffer = Buffer.alloc(0);
  socket.on('data', (data) => {
    buffer = Buffer.concat([buffer, data]);
    for (let frame = takeFrame(buffer); frame; frame = takeFrame(buffer)) {
      buffer = buffer.subarray(frame.length);
      socket.write(frame.echo);
      if (frame.opcode === CLOSE_FRAME) socket.end();
    }
  });
}

function accept(request: IncomingMessage, socket: Socket, name: string): void {
  const key = request.headers['sec-websocket-key'];
  const answer = createHash('sha1').update(`${key}${HANDSHAKE_GUID}`).digest('base64');
  socket.on('error', () => {});
  socket.write(
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      `Sec-WebSocket-Accept: ${answer}\r\nX-Replica: ${name}\r\n\r\n`,
  );
}

interface Frame {
  opcode: number;
  /** Bytes it takes in the stream. */
  length: number;
  /** The same frame without a mask, as servers send frames. */
  echo: Buffer;
}

/**
 * Returns the first frame of a client's stream, which is masked; undefined until it is complete. Frames have at most
 * 125 bytes.
 */
function takeFrame(stream: Buffer): Frame | undefined {
  if (stream.length < 6) return undefined;
  const first = stream.readUInt8(0);
  const size = stream.readUInt8(1) & 0x7f;
  if (size > 125) throw new Error('a test sends short frames');
  const length = 6 + size;
  if (stream.length < length) return undefined;
  const mask = stream.subarray(2, 6);
  const payload = stream.subarray(6, length).map((byte, index) => byte ^ (mask[index % 4] as number));
  return { opcode: first & 0x0f, length, echo: Buffer.concat([Buffer.of(first, size), payload]) };
}

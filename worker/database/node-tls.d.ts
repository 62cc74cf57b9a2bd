/** The part of Node's module that encrypts a connection; workerd provides it with `nodejs_compat`. */
declare module 'node:tls' {
  interface TlsSocket {
    on(event: 'error', listener: (error: Error) => void): void;
    on(event: 'data', listener: (data: Uint8Array) => void): void;
  }
  export function connect(options: { socket: unknown; servername: string }, onSecure: () => void): TlsSocket;
}

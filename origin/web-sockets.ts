import type { IncomingMessage } from 'node:http';
import { upgradeWebSocket } from '@hono/node-server';
import type { Hono } from 'hono';
import { TrieRouter } from 'hono/router/trie-router';
import { findTargetHandler } from 'hono/utils/handler';
import { WebSocketServer } from 'ws';
import type { AppEnv } from '../app/env.ts';
import type { AcceptWebSocket } from '../app/http/web-socket.ts';

/** Cloudflare's limit for Workers, too. */
const MAX_MESSAGE_BYTES = 1024 * 1024;

/** RFC 6455 section 7.4.1: the endpoint is going away. */
const GOING_AWAY = 1001;

/** The WebSockets of a replica. */
export interface WebSockets {
  upgradeWebSocket: AcceptWebSocket;
  /** Does the handshakes. */
  server: WebSocketServer;
  /** Finds the paths of an app that accept WebSockets. */
  findPaths(app: Hono<AppEnv>): void;
  /** Whether a request is a handshake for such a path. Every other one is an ordinary request, as RFC 9110 section 7.8 allows. */
  accepts(request: IncomingMessage): boolean;
  /** Closes them, and each that opens later, with the code 1001. Their clients reconnect, to another replica. */
  close(): void;
  /** Cuts off those whose clients have not closed them. */
  terminate(): void;
}

export function createWebSockets(): WebSockets {
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  const handlers = new Set<unknown>();
  const paths = new TrieRouter<true>();
  let isClosing = false;

  server.on('connection', (socket) => {
    // Without a listener a client that breaks the protocol would end the process.
    socket.on('error', () => {});
    if (isClosing) socket.close(GOING_AWAY);
  });

  return {
    server,
    upgradeWebSocket(createEvents) {
      const handler = upgradeWebSocket(createEvents);
      handlers.add(handler);
      return handler;
    },
    findPaths(app) {
      for (const { handler, path } of app.routes)
        if (handlers.has(findTargetHandler(handler))) paths.add('GET', path, true);
    },
    accepts({ method, headers, url = '/' }) {
      if (method !== 'GET' || headers.upgrade?.toLowerCase() !== 'websocket') return false;
      return paths.match('GET', url.replace(/[?#].*$/, ''))[0].length > 0;
    },
    close() {
      isClosing = true;
      for (const socket of server.clients) socket.close(GOING_AWAY);
    },
    terminate() {
      for (const socket of server.clients) socket.terminate();
    },
  };
}

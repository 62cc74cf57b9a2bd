import type { RequestListener } from 'node:http';
import { expect, test } from 'vitest';
import { serveHttp } from '../testkit/http/serve.ts';
import { moorClients } from './sticky-sessions.ts';

const serve = async (answer: RequestListener) => `http://${await serveHttp(answer)}/`;

test('each client starts without cookies and stores all that it receives', async () => {
  const came: (string | undefined)[] = [];
  const url = await serve((request, response) => {
    came.push(request.headers.cookie);
    response.setHeader('Set-Cookie', [`srv_id=a; Path=/`, `client_id=${came.length}; Path=/`]).end('ok');
  });
  const cookies = await moorClients(url, 10);
  expect(came).toEqual(Array.from({ length: 10 }));
  expect(new Set(cookies).size).toBe(10);
  expect(cookies).toContain('srv_id=a; client_id=1');
});

test('a client whose visit fails or whose connection breaks tries again', async () => {
  let visits = 0;
  const url = await serve((request, response) => {
    visits++;
    if (visits === 1) response.writeHead(503).end();
    else if (visits === 2) request.socket.destroy();
    else response.setHeader('Set-Cookie', 'srv_id=a').end();
  });
  expect(await moorClients(url, 3)).toEqual(['srv_id=a', 'srv_id=a', 'srv_id=a']);
  expect(visits).toBe(5);
});

test('a client that never receives a successful response causes an error', async () => {
  const url = await serve((_request, response) => void response.writeHead(503).end());
  await expect(moorClients(url, 1, { giveUpMs: 0 })).rejects.toThrow('answered a first visit with 503');
});

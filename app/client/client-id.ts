import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { AFFINITY_IDLE_TIMEOUT_SECONDS } from '../affinity/cookie.ts';
import type { AppEnv } from '../env.ts';
import { isSecureRequest } from '../http/secure-request.ts';

/** The cookie by which a replica tells clients apart that come from the same address. */
export const CLIENT_ID_COOKIE = 'client_id';

const CLIENT_ID = /^[0-9a-f]{32}$/;

/** The id a client brings, if it is one. */
export function readClientId(c: Context): string | undefined {
  const brought = getCookie(c, CLIENT_ID_COOKIE);
  return brought !== undefined && CLIENT_ID.test(brought) ? brought : undefined;
}

/**
 * The client's id: the one it brings, else a new one. The answer gives it to the client for as long as the client is
 * moored. It serves to count clients and nothing else.
 */
export function moorClientId(c: Context<AppEnv>): string {
  const clientId = readClientId(c) ?? crypto.randomUUID().replaceAll('-', '');
  setCookie(c, CLIENT_ID_COOKIE, clientId, {
    maxAge: AFFINITY_IDLE_TIMEOUT_SECONDS,
    path: '/',
    httpOnly: true,
    secure: isSecureRequest(c),
    sameSite: 'Lax',
  });
  return clientId;
}

import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { AFFINITY_IDLE_TIMEOUT_SECONDS } from '../affinity/cookie.ts';
import type { AppEnv } from '../env.ts';
import { isSecureRequest } from '../http/secure-request.ts';

/** Cookie that tells apart clients with the same address. */
export const CLIENT_ID_COOKIE = 'client_id';

const CLIENT_ID = /^[0-9a-f]{32}$/;

/** Returns the client id of the request; undefined when it has none or an invalid one. */
export function readClientId(c: Context): string | undefined {
  const brought = getCookie(c, CLIENT_ID_COOKIE);
  return brought !== undefined && CLIENT_ID.test(brought) ? brought : undefined;
}

/**
 * Returns the client's id: the one in the request, else a new one. The response sets it as a cookie that lives as long as the
 * client's affinity. It serves to count clients and nothing else.
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

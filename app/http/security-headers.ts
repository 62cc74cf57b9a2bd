import type { Context, MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Html } from '../pages/html.ts';

const SELF = ["'self'"];
const NONE = ["'none'"];

/** For pages of the app: nothing from other origins, nothing inline, not in a frame. */
const OWN_POLICY = {
  defaultSrc: NONE,
  scriptSrc: SELF,
  styleSrc: SELF,
  imgSrc: SELF,
  connectSrc: SELF,
  formAction: SELF,
  baseUri: NONE,
  frameAncestors: NONE,
};

/** For a self-contained page: its own `<style>` and nothing else. */
const LONE_POLICY = { defaultSrc: NONE, baseUri: NONE, formAction: NONE, frameAncestors: NONE };

const PAGE_HEADERS = {
  xFrameOptions: 'DENY',
  // Without a referrer, browsers would send no origin with a form either, and `POST /let-go` checks the origin.
  referrerPolicy: 'same-origin',
  // Only the proxy that ends TLS knows whether there is TLS.
  strictTransportSecurity: false,
  // Over plain HTTP, browsers ignore these two and log a warning on each page.
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  // For browsers and plug-ins that no longer exist.
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
  permissionsPolicy: { camera: false, geolocation: false, microphone: false },
};
const securePage = secureHeaders({ ...PAGE_HEADERS, contentSecurityPolicy: OWN_POLICY });

/** Middleware that sets the security headers of assets. */
export const secureAsset = secureHeaders({
  strictTransportSecurity: false,
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  referrerPolicy: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xFrameOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
});

export function sendPage(c: Context, page: Html, status: ContentfulStatusCode): Promise<Response> {
  return send(c, page, status, securePage);
}

/**
 * Sends a self-contained page.
 *
 * @param styleHash the SHA-256 of its `<style>`, in base64: the policy allows that style and no other (CSP level 3, 6.7.2.4)
 */
export function sendLonePage(
  c: Context,
  page: string,
  status: ContentfulStatusCode,
  styleHash: string,
): Promise<Response> {
  const styleSrc = [`'sha256-${styleHash}'`];
  const secure = secureHeaders({ ...PAGE_HEADERS, contentSecurityPolicy: { ...LONE_POLICY, styleSrc } });
  return send(c, page, status, secure);
}

async function send(
  c: Context,
  page: Html | string,
  status: ContentfulStatusCode,
  secure: MiddlewareHandler,
): Promise<Response> {
  const response = await c.html(page, status);
  await secure(c, async () => {
    c.res = response;
  });
  return c.res;
}

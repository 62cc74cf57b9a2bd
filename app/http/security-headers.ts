import type { Context, MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Html } from '../pages/html.ts';

const SELF = ["'self'"];
const NONE = ["'none'"];

/** A page of the app: nothing from elsewhere, nothing inline, in no frame. */
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

/** A page that stands alone, with a style of its own and nothing else. */
const LONE_POLICY = { defaultSrc: NONE, baseUri: NONE, formAction: NONE, frameAncestors: NONE };

/** Headers that all pages have in common. */
const PAGE_HEADERS = {
  xFrameOptions: 'DENY',
  // Without a referrer a form would not say where it comes from either, which is how letting go is kept from other sites.
  referrerPolicy: 'same-origin',
  // Where TLS ends is where it is known whether there is any.
  strictTransportSecurity: false,
  // Over plain HTTP browsers ignore these two, and complain about them on each page.
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  // For browsers and programs that are gone.
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
  permissionsPolicy: { camera: false, geolocation: false, microphone: false },
};
const securePage = secureHeaders({ ...PAGE_HEADERS, contentSecurityPolicy: OWN_POLICY });

/** Adds the headers of what pages load. */
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

/** Answers a page, with the headers that belong to one. */
export function sendPage(c: Context, page: Html, status: ContentfulStatusCode): Promise<Response> {
  return send(c, page, status, securePage);
}

/**
 * Answers a page that stands alone.
 *
 * @param styleHash the SHA-256 of its `<style>`, in base64: the policy lets in that style and no other (CSP level 3, 6.7.2.4)
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

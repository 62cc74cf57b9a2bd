import type { Context } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Html } from './html.ts';

const SELF = ["'self'"];
const NONE = ["'none'"];

/** Adds the headers of a page: nothing from elsewhere, nothing inline, in no frame. */
const securePage = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: NONE,
    scriptSrc: SELF,
    styleSrc: SELF,
    imgSrc: SELF,
    connectSrc: SELF,
    formAction: SELF,
    baseUri: NONE,
    frameAncestors: NONE,
  },
  xFrameOptions: 'DENY',
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
});

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
export async function sendPage(c: Context, page: Html, status: ContentfulStatusCode): Promise<Response> {
  const response = await c.html(page, status);
  await securePage(c, async () => {
    c.res = response;
  });
  return c.res;
}

import { type Setting, type SettingsValues, setting } from '../app/lib/settings.ts';
import { integer, milliseconds, orOff } from '../app/lib/text-format.ts';
import type { RequestLimitsOptions } from './balancer/request-limits.ts';
import type { RequestSizes } from './balancer/request-sizes.ts';

const NO_LIMIT = Number.POSITIVE_INFINITY;
const KIB = 1024;

/** A limit of requests in flight. Above it a client receives 429 for its own limit, else 503. */
function limitSetting(about: string, byDefault: number): Setting<number> {
  return setting(orOff(NO_LIMIT, integer({ min: 1, max: 1_000_000 })), {
    about: `${about} \`off\` for no limit.`,
    example: `${byDefault}`,
    default: byDefault,
  });
}

/** The limits that the edge has in common with Nginx: nginx/entrypoint/parts reads the same names and has the same defaults. */
export const limitSettings = {
  CLIENT_BODY_MAX_BYTES: setting(orOff(NO_LIMIT, integer({ min: 1, max: 1_000_000_000_000 })), {
    about: 'The largest request body, in bytes; a larger one is answered 413. `off` for no limit.',
    example: `${KIB * KIB}`,
    default: KIB * KIB,
  }),
  CLIENT_HEADER_MAX_BYTES: setting(integer({ min: 4 * KIB, max: 64 * KIB }), {
    about:
      'The size of the request line, and of all headers of a request, in bytes; a longer line is answered 414, larger headers 431. Replicas accept 72 KiB.',
    example: `${64 * KIB}`,
    default: 64 * KIB,
  }),
  CLIENT_HEADER_MAX_FIELDS: setting(integer({ min: 1, max: 1000 }), {
    about: 'How many headers a request may have; one with more is answered 431.',
    example: '256',
    default: 256,
  }),
  CLIENT_BODY_TIMEOUT_MS: setting(milliseconds({ min: 100, max: 3_600_000 }), {
    about: 'How long a client may take between two pieces of its request body, in milliseconds.',
    example: '5000',
    default: 5000,
  }),
  CLIENT_SEND_TIMEOUT_MS: setting(milliseconds({ min: 100, max: 3_600_000 }), {
    about: 'How long a client may take to receive the next part of a response, in milliseconds.',
    example: '15000',
    default: 15_000,
  }),
  UPSTREAM_CONNECT_TIMEOUT_MS: setting(milliseconds({ min: 1, max: 75_000 }), {
    about: 'How long a replica may take to accept a connection, in milliseconds.',
    example: '1000',
    default: 1000,
  }),
  UPSTREAM_READ_TIMEOUT_MS: setting(milliseconds({ min: 1, max: 3_600_000 }), {
    about:
      'How long a replica may take to answer, to send the next part of a response, or to receive the next part of a request, in milliseconds.',
    example: '15000',
    default: 15_000,
  }),
  UPSTREAM_TRIES: setting(integer({ min: 1, max: 1000 }), {
    about: 'How many replicas are tried for a request.',
    example: '10',
    default: 10,
  }),
  UPSTREAM_TRIES_TIMEOUT_MS: setting(milliseconds({ min: 1, max: 3_600_000 }), {
    about: 'How long after its first try a request may go to another replica, in milliseconds.',
    example: '30000',
    default: 30_000,
  }),
  CLIENT_REQUEST_LIMIT: limitSetting('Requests without a body that one client may have in flight.', 64),
  CLIENT_UPLOAD_LIMIT: limitSetting('Requests with a body that one client may have in flight.', 16),
  CLIENT_STREAM_LIMIT: limitSetting('WebSockets and event streams that one client may have open.', 32),
  REQUEST_LIMIT: limitSetting('Requests without a body in flight, of all clients together.', 1024),
  UPLOAD_LIMIT: limitSetting('Requests with a body in flight, of all clients together.', 256),
  STREAM_LIMIT: limitSetting('WebSockets and event streams, of all clients together.', 512),
};

type Values = SettingsValues<typeof limitSettings>;

export function toRequestSizes(values: Values): RequestSizes {
  return {
    bodyBytes: values.CLIENT_BODY_MAX_BYTES,
    headerBytes: values.CLIENT_HEADER_MAX_BYTES,
    headerFields: values.CLIENT_HEADER_MAX_FIELDS,
  };
}

/** Bytes of request bodies in memory. With these limits the whole runtime stays within 256 MB: see docs/limits.md. */
const BODY_BYTES = { perClient: 4 * KIB * KIB, total: 32 * KIB * KIB };

export function toRequestLimits(values: Values): RequestLimitsOptions {
  return {
    request: { perClient: values.CLIENT_REQUEST_LIMIT, total: values.REQUEST_LIMIT },
    upload: { perClient: values.CLIENT_UPLOAD_LIMIT, total: values.UPLOAD_LIMIT },
    stream: { perClient: values.CLIENT_STREAM_LIMIT, total: values.STREAM_LIMIT },
    bodyBytes: BODY_BYTES,
  };
}

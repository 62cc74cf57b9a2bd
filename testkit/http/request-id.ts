/** A request id that a balancer or a replica made, and no client: when, in seconds since the epoch, and random digits. */
export const FRESH_REQUEST_ID = /^\d{10}\.\d{3}-[0-9a-f]{16}$/;

/**
 * A request id made by a balancer or a replica, not by a client: the time in seconds since the epoch, and random
 * digits.
 */
export const FRESH_REQUEST_ID = /^\d{10}\.\d{3}-[0-9a-f]{16}$/;

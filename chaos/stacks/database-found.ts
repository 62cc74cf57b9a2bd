/**
 * How long replicas may take to find a database that accepts connections again: they report to it each second, and an attempt to
 * connect to a server that is silent ends after three.
 */
export const DATABASE_FOUND_WITHIN_MS = 4000;

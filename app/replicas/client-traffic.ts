/**
 * Health checks come from balancers, not from clients. Counting what the dashboard and the pages' own files cost would change
 * the figures by looking at them.
 */
const NOT_COUNTED = /^\/(?:(?:healthz|readyz|favicon\.ico)$|(?:dashboard|assets)(?:\/|$))/;

/**
 * Whether the dashboard counts the requests of a route.
 *
 * @param route its path pattern
 */
export function isClientTraffic(route: string): boolean {
  return !NOT_COUNTED.test(route);
}

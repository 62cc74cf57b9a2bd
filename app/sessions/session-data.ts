/**
 * What a session holds. Each route adds its own optional properties, so that `c.var.session` is typed by the app. Values must
 * be JSON: a `Date` would come back as a string, and a `Map` empty.
 *
 * @example
 * declare module '../sessions/session-data.ts' {
 *   interface SessionData {
 *     cart?: { product: string; quantity: number }[];
 *   }
 * }
 */
// biome-ignore lint/suspicious/noEmptyInterface: routes extend it
export interface SessionData {}

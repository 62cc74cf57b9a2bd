/** The runtime ended before it listened: the port is taken, or the worker refuses its variables. */
export class EdgeStartError extends Error {
  override name = 'EdgeStartError';
}

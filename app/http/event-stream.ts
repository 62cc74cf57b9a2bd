/** Whether a response is a stream of server-sent events (WHATWG HTML section 9.2). Such a stream may have no end of its own. */
export function isEventStream({ headers }: Response): boolean {
  return headers.get('Content-Type')?.startsWith('text/event-stream') ?? false;
}

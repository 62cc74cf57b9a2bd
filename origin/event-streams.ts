import type { ServerResponse } from 'node:http';
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';

/** The open event streams of a replica. */
export interface EventStreams {
  /** Ends them, and each that begins later. Their clients reconnect, to another replica. */
  end(): void;
  /** Takes a response that is an event stream, so that it can be ended. */
  watch(c: Context<{ Bindings: HttpBindings }>): void;
}

/** @param onOpen called when a response turns out to be an event stream */
export function createEventStreams(onOpen: (response: ServerResponse) => void): EventStreams {
  const ends = new Set<() => void>();
  let hasEnded = false;

  function untilEnded(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
    const reader = body.getReader();
    let end: () => void;
    return new ReadableStream({
      start(controller) {
        end = () => {
          ends.delete(end);
          controller.close();
          // The handler finds its stream aborted.
          void reader.cancel().catch(() => {});
        };
        ends.add(end);
        if (hasEnded) end();
      },
      async pull(controller) {
        const { done, value } = await reader.read();
        if (!ends.has(end)) return;
        if (done) end();
        else controller.enqueue(value);
      },
      cancel(reason) {
        ends.delete(end);
        return reader.cancel(reason);
      },
    });
  }

  return {
    end() {
      hasEnded = true;
      for (const end of [...ends]) end();
    },
    watch(c) {
      if (c.res.body === null) return;
      if (c.req.method === 'HEAD') {
        // Hono runs the handler of GET and drops the body, which would never end.
        void c.res.body.cancel().catch(() => {});
        return;
      }
      onOpen(c.env.outgoing);
      c.res = new Response(untilEnded(c.res.body), c.res);
    },
  };
}

import type { ServerResponse } from 'node:http';
import { isEventStream } from '../app/http/event-stream.ts';
import type { Fetch } from './http-server.ts';

/** The open event streams of a replica. */
export interface EventStreams {
  /** Ends them, and each that begins later. Their clients reconnect, to another replica. */
  end(): void;
  /** Wraps an app's `fetch`, so that its event streams can be ended. */
  watch(fetch: Fetch): Fetch;
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
    watch: (fetch) => async (request, env) => {
      const response = (await fetch(request, env)) as Response;
      // The body is looked at last: that makes node-server create a whole Response.
      if (!isEventStream(response) || response.body === null) return response;
      onOpen(env.outgoing as ServerResponse);
      return new Response(untilEnded(response.body), response);
    },
  };
}

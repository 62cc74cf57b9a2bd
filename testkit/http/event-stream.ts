import { openRequest, responseTo } from './send.ts';

/** One event of a stream, with parsed data. */
export interface StreamEvent {
  name: string;
  data: Record<string, unknown>;
}

export interface EventStream {
  status: number;
  headers: Record<string, unknown>;
  /** Waits for the next event; undefined when the stream has ended. */
  next(): Promise<StreamEvent | undefined>;
  /** Waits for an event that matches. @throws when the stream ends first */
  until(isWanted: (event: StreamEvent) => boolean): Promise<StreamEvent>;
  close(): void;
}

/** Opens a stream of server-sent events, as a browser's EventSource does. */
export async function openEvents(
  url: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<EventStream> {
  const request = openRequest(url, { path, headers: { Accept: 'text/event-stream', ...headers } });
  request.end();
  const response = await responseTo(request);
  const events = parse(response.setEncoding('utf8'));
  const next = async () => (await events.next()).value ?? undefined;
  return {
    status: response.statusCode as number,
    headers: response.headers,
    next,
    async until(isWanted) {
      for (let event = await next(); event; event = await next()) if (isWanted(event)) return event;
      throw new Error('the stream ended before the event arrived');
    },
    close: () => request.destroy(),
  };
}

async function* parse(chunks: AsyncIterable<string>): AsyncGenerator<StreamEvent, void> {
  let text = '';
  for await (const chunk of chunks) {
    text += chunk;
    const blocks = text.split('\n\n');
    text = blocks.pop() as string;
    for (const block of blocks) {
      const [, name, data] = block.match(/^event: (.*)\ndata: (.*)$/) ?? [];
      if (name !== undefined && data !== undefined) yield { name, data: JSON.parse(data) as StreamEvent['data'] };
    }
  }
}

import type { Delivery } from '../history.ts';
import type { RunContext } from './stack.ts';

/**
 * Returns a function that processes the lines of a replica's log: it records the POSTs, and passes lines that are no
 * requests to `say`.
 *
 * @param by the replica's name
 */
export function noteDeliveries({ deliveries, say }: Pick<RunContext, 'deliveries' | 'say'>, by: string) {
  return (line: string): void => {
    const delivery = readDelivery(line, by);
    if (delivery) deliveries.push(delivery);
    if (!isRequest(line)) say(line);
  };
}

/** @returns undefined for a line that does not log a POST */
export function readDelivery(line: string, by: string): Delivery | undefined {
  if (!isRequest(line) || !line.includes('"method":"POST"')) return undefined;
  const requestId = line.match(/"requestId":"([^"]*)"/)?.[1];
  return requestId === undefined ? undefined : { requestId, by };
}

function isRequest(line: string): boolean {
  return line.includes('"msg":"request"');
}

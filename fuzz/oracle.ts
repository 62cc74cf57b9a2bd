import { FRESH_REQUEST_ID } from '../testkit/http/request-id.ts';
import { idOf, type WireAnswer } from './answers.ts';
import { type Exchange, isEndless } from './exchange.ts';
import { SMUGGLED_PATH } from './http2/generators/conversation.ts';
import { bytesOf, FORGED_ID, type Input } from './input.ts';
import type { SeenRequest } from './ledger.ts';
import type { Target } from './targets.ts';

/** @returns what is wrong with the responses to an input */
export function judgeAnswers(input: Input, exchange: Exchange, refusals: Target['refusals']): string[] {
  const { answers, problem, isHung, isPartial, wasLeft, wasReset, received } = exchange;
  if (isOldest(input, received)) return [];
  const wrong: string[] = [];
  if (isHung && !isEndless(received)) wrong.push('neither answered nor closed in time');
  if (problem !== undefined) wrong.push(`an invalid answer: ${problem}`);
  if (isPartial && !wasLeft && !wasReset && !leaves(input))
    wrong.push('the connection was closed in the middle of an answer');
  const errors = answers.filter(({ status }) => status >= 500);
  for (const [status, alike] of Map.groupBy(errors, (error) => error.status)) {
    const words = alike.filter(isOwnWord).length;
    const excused = Math.min(words, refusals(status, bytesOf(input)));
    if (alike.length > excused) wrong.push(`answered ${status}`);
  }
  const { innocents = 0 } = input;
  const first = answers.slice(0, innocents).map(({ status }) => status);
  const areAnswered = first.length === innocents && first.every((status) => status === 200);
  if (!areAnswered && !wasReset && !leaves(input))
    wrong.push(`${innocents} valid requests were answered ${first.join(', ') || 'nothing'}`);
  return wrong;
}

/** Whether the response comes from the front itself and not from a replica. */
function isOwnWord(answer: WireAnswer): boolean {
  return idOf(answer) === undefined;
}

/** Whether the response is in the form of HTTP/0.9: a body and nothing else. */
function isOldest(input: Input, received: Buffer): boolean {
  const [line = ''] = bytesOf(input).toString('latin1').trimStart().split('\n', 1);
  return !/ HTTP\/\d/.test(line) && received.length > 0 && received.toString('latin1', 0, 5) !== 'HTTP/';
}

function leaves({ steps }: Input): boolean {
  return steps.some(({ kind }) => kind === 'reset' || kind === 'halfClose');
}

/**
 * Compares the requests of a client that replicas logged with the client's responses: each response of a replica must
 * belong to one of this client's requests, and each request must have a response.
 *
 * @returns what is wrong
 */
export function judgeRequests(input: Input, exchange: Exchange, seen: readonly SeenRequest[]): string[] {
  const wrong: string[] = [];
  // An HTTP/0.9 response is only a body, so it cannot be assigned to a request.
  const mayLackAnswers = mayBeUnanswered(input, exchange) || isOldest(input, exchange.received);
  // A replica's parser answers 400 without a body, and logs no request. The balancer adds the id (A15).
  const ofParser = ({ status, headers }: Exchange['answers'][number]) => status === 400 && !headers.has('content-type');
  const ids = exchange.answers.filter((answer) => !ofParser(answer)).flatMap((answer) => idOf(answer) ?? []);
  if (seen.length > (input.requests ?? Number.POSITIVE_INFINITY))
    wrong.push(`${seen.length} requests reached replicas, and at most ${input.requests} were sent`);
  if (seen.some(({ path }) => path.startsWith(SMUGGLED_PATH)))
    wrong.push('a part of a body or a header was read as a request');
  for (const { requestId } of seen) {
    if (!FRESH_REQUEST_ID.test(requestId) || requestId === FORGED_ID)
      wrong.push(`the client chose the id ${requestId}`);
  }
  for (const id of ids) {
    if (!seen.some(({ requestId }) => requestId === id)) wrong.push("received the answer to another client's request");
  }
  if (new Set(ids).size < ids.length) wrong.push('one request was answered twice');
  for (const { requestId, status } of seen) {
    const answer = exchange.answers.find((each) => idOf(each) === requestId);
    if (answer && answer.status !== status) wrong.push(`a replica answered ${status}, the client got ${answer.status}`);
    if (!answer && !mayLackAnswers) wrong.push(`a request reached a replica and received no answer`);
  }
  return wrong;
}

/**
 * Whether requests may lack a response: the client disconnected, or the server closed the connection because of a later
 * request.
 */
function mayBeUnanswered(input: Input, { wasLeft, wasReset, answers }: Exchange): boolean {
  const wasRefused = answers.some((answer) => answer.status >= 400 && isOwnWord(answer));
  const wasLast = answers.some(({ headers }) => headers.get('connection') === 'close');
  // Node takes `PRI ` for the start of HTTP/2 and closes the connection. In HTTP/2 an error of the connection ends all its
  // streams.
  const isHttp2 = bytesOf(input).includes('PRI ');
  return wasLeft || wasReset || leaves(input) || wasRefused || wasLast || isHttp2;
}

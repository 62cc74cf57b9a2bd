import { describe, expect, test } from 'vitest';
import type { Exchange } from './exchange.ts';
import { FORGED_ID, type Input, requestText, sends } from './input.ts';
import type { SeenRequest } from './ledger.ts';
import { judgeAnswers, judgeRequests } from './oracle.ts';

const ID = '1763636803.124-0123456789abcdef';
const OTHER_ID = '1763636803.125-0123456789abcdef';
const INPUT: Input = { kind: 'cookies', steps: [sends(requestText())] };

function exchanged(status: number, id?: string, rest: Partial<Exchange> = {}): Exchange {
  const headers = new Map(id === undefined ? [] : [['x-request-id', id]]);
  const nothingWrong = { isUpgraded: false, isPartial: false, wasLeft: false, wasReset: false, isHung: false };
  return { answers: [{ status, headers }], received: Buffer.from('HTTP/1.1'), ...nothingWrong, ...rest };
}

const refusedTwice: Exchange = { ...exchanged(501), answers: [...exchanged(501).answers, ...exchanged(501).answers] };

function seen(requestId: string, status = 200): SeenRequest {
  return { requestId, clientIp: '127.16.0.1', method: 'GET', path: '/', status };
}

describe('the responses', () => {
  const judge = (got: Exchange, input = INPUT) => judgeAnswers(input, got, (status) => (status === 501 ? 1 : 0));

  test.each([200, 303, 400, 431, 501])('%i is accepted', (status) => {
    expect(judge(exchanged(status))).toEqual([]);
  });

  test.each([
    ['a 5xx that is not a rejection', exchanged(502), 'answered 502'],
    ['silence', exchanged(200, ID, { isHung: true }), 'neither answered nor closed in time'],
    ['half an answer', exchanged(200, ID, { isPartial: true }), 'closed in the middle'],
    ['more rejections than expected', refusedTwice, 'answered 501'],
    ["a replica's 5xx", exchanged(501, ID), 'answered 501'],
    ['no HTTP', exchanged(200, ID, { problem: 'no header' }), 'an invalid answer: no header'],
  ])('%s is a violation', (_what, got, rule) => {
    expect(judge(got)).toEqual([expect.stringContaining(rule)]);
  });

  test('a valid request must get 200', () => {
    const innocent = { ...INPUT, innocents: 1 };
    expect(judge(exchanged(200), innocent)).toEqual([]);
    expect(judge(exchanged(400), innocent)).toEqual(['1 valid requests were answered 400']);
    expect(judge(exchanged(200), { ...INPUT, innocents: 2 })).toEqual([expect.stringContaining('answered 200')]);
  });
});

describe('the requests that reached the replicas', () => {
  test('a request with its response is accepted', () => {
    expect(judgeRequests(INPUT, exchanged(200, ID), [seen(ID)])).toEqual([]);
  });

  test.each([
    ['the answer to another request', exchanged(200, OTHER_ID), [seen(ID)], "another client's request"],
    ['a request more than answers', exchanged(200, ID), [seen(ID), seen(OTHER_ID)], 'received no answer'],
    ['another status than the replica answered', exchanged(200, ID), [seen(ID, 404)], 'a replica answered 404'],
    ["an id of the client's", exchanged(200, FORGED_ID), [seen(FORGED_ID)], 'the client chose the id'],
  ])('%s is a violation', (_what, got, requests, rule) => {
    expect(judgeRequests(INPUT, got, requests)).toContainEqual(expect.stringContaining(rule));
  });

  test('a request of HTTP/0.9 is answered with a body alone', () => {
    const oldest: Input = { kind: 'cookies', steps: [sends('GET /`HTTP/1.1\r\n\r\n')] };
    const body = { ...exchanged(200), answers: [], received: Buffer.from('This path was not found.') };
    expect(judgeRequests(oldest, body, [seen(ID, 404)])).toEqual([]);
    expect(judgeRequests(INPUT, body, [seen(ID, 404)])).toHaveLength(1);
  });

  test.each(['wasLeft', 'wasReset'] as const)('a request may lack a response when %s', (reason) => {
    expect(judgeRequests(INPUT, exchanged(200, ID, { [reason]: true }), [seen(ID), seen(OTHER_ID)])).toEqual([]);
  });
});

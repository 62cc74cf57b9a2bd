import type { Evidence, Operation } from '../history.ts';
import type { Outage } from '../outages.ts';

let lastId = 0;

/** For tests of checkers: a visit of client 1 that replica a acknowledged, with the given fields replaced. */
export function visit(fields: Partial<Operation> = {}): Operation {
  const id = ++lastId;
  const { number = 1, requestId = `request ${number}` } = fields;
  return {
    id,
    client: 1,
    front: 'worker',
    asked: 'visit',
    cookie: 'a',
    sentAtMs: 60_000,
    endedAtMs: 60_010,
    outcome: 'answered',
    status: 200,
    number,
    requestId,
    mooredTo: 'a',
    servedBy: '10.0.0.1:5000',
    verdict: 'hit',
    ...fields,
  };
}

/** For tests of checkers: a visit that was answered with an error. */
export function refusal(status: number, fields: Partial<Operation> = {}): Operation {
  return { ...visit({ status, verdict: undefined, ...fields }), number: undefined };
}

/** For tests of checkers: a `POST /let-go` of client 1 that replica a answered, with the given fields replaced. */
export function release(fields: Partial<Operation> = {}): Operation {
  return { ...visit({ asked: 'release', mooredTo: '', ...fields }), number: undefined };
}

/** For tests of checkers: an operation of client 1 that shows the list of session s with these entries. */
export function shown(
  asked: Operation['asked'],
  latest: readonly string[],
  fields: Partial<Operation> = {},
): Operation {
  const entry = asked === 'append' || asked === 'put' ? latest.at(-1) : undefined;
  const [list] = latest;
  const ledger = list === undefined ? undefined : { list, count: latest.length, latest: [...latest] };
  return { ...visit({ asked, session: 's', entry, ledger, ...fields }), number: undefined };
}

/** For tests of checkers: the operations one after the other, a second each, with a second between them. */
export function inSequence(...operations: Operation[]): Operation[] {
  return operations.map((operation, index) => ({
    ...operation,
    sentAtMs: 60_000 + 2000 * index,
    endedAtMs: 61_000 + 2000 * index,
  }));
}

/** For tests of checkers: a run with the replicas a and b in which only this happened. */
export function evidence(fields: Partial<Evidence> = {}): Evidence {
  const { operations = [] } = fields;
  const rows = operations.flatMap(({ number, requestId }) =>
    number === undefined ? [] : [{ number, requestId: `${requestId}` }],
  );
  return {
    operations,
    faults: [],
    outages: [],
    drains: [],
    deaths: [],
    deliveries: [],
    clockSteps: [],
    retryCuts: [],
    changes: [],
    recoveries: [],
    replicas: [
      { sid: 'a', address: '10.0.0.1:5000' },
      { sid: 'b', address: '10.0.0.2:5000' },
    ],
    ledger: { counter: rows.length, rows },
    ...fields,
  };
}

/** For tests of checkers: an outage that ends after one minute of the run. */
export function outage(what: Outage['what'], name = '') {
  return { what, name, fromMs: 55_000, untilMs: 60_005 };
}

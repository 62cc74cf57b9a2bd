import { expect, test } from 'vitest';
import type { Delivery } from '../history.ts';
import { noteDeliveries } from './log-deliveries.ts';

test('POSTs in a log are recorded, and lines that are no requests are passed on', () => {
  const deliveries: Delivery[] = [];
  const said: string[] = [];
  const take = noteDeliveries({ deliveries, say: (line) => said.push(line) }, 'replica-1');
  const line = (fields: object) => `replica-1  ${JSON.stringify({ level: 'info', ...fields })}`;
  take(line({ requestId: '1.2-a', method: 'POST', path: '/let-go', status: 200, msg: 'request' }));
  take(line({ requestId: '1.3-b', method: 'GET', path: '/', status: 200, msg: 'request' }));
  take(line({ msg: 'draining' }));
  expect(deliveries).toEqual([{ requestId: '1.2-a', by: 'replica-1' }]);
  expect(said).toEqual([line({ msg: 'draining' })]);
});

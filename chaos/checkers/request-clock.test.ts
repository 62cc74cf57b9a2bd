import { expect, test } from 'vitest';
import { visit } from './evidence.ts';
import { createRequestClock } from './request-clock.ts';

const EPOCH_MS = 1_700_000_000_000;
const idAt = (wallMs: number) => `${(wallMs / 1000).toFixed(3)}-0123456789abcdef`;
const answered = (sentAtMs: number, tookMs: number) =>
  visit({ sentAtMs, requestId: idAt(EPOCH_MS + sentAtMs + tookMs) });

test('a request id gives the time of the request, by the clock of the run', () => {
  const toRunMs = createRequestClock([answered(1000, 2), answered(2000, 3), answered(3000, 900)]);
  expect(toRunMs(idAt(EPOCH_MS + 5003))).toBe(5000);
});

test('an id from a time when the clock was wrong is corrected by the step of the clock', () => {
  const step = { stepMs: 7_200_000, fromMs: 10_000, untilMs: 20_000 };
  const stepped = visit({ sentAtMs: 15_000, requestId: idAt(EPOCH_MS + 15_000 + step.stepMs) });
  const toRunMs = createRequestClock([answered(1000, 2), stepped, stepped], [step]);
  expect(toRunMs(idAt(EPOCH_MS + 2 + 12_000 + step.stepMs))).toBe(12_000);
  expect(toRunMs(idAt(EPOCH_MS + 2 + 12_000))).toBe(12_000);
  expect(toRunMs(idAt(EPOCH_MS + 2 + 50_000 + step.stepMs))).toBe(50_000 + step.stepMs);
});

test('an id without a time gives no time, and without an answered request no id does', () => {
  expect(createRequestClock([answered(1000, 2)])('request 1')).toBeUndefined();
  expect(createRequestClock([visit({ requestId: undefined })])(idAt(EPOCH_MS))).toBeUndefined();
});

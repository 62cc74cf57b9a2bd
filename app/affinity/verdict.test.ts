import { describe, expect, test } from 'vitest';
import { readAffinityCookie } from './cookie.ts';
import { affinityVerdict } from './verdict.ts';

const OWN = 'e73eb7edc6b16f4bfdbfe7bd78f9ac14';
const OTHER = '36b7c2f17ed18a3ae8e19bb7b3e7f5c6';

describe('affinityVerdict', () => {
  test.each([
    ['new', undefined],
    ['new', 'theme=dark'],
    ['new', 'srv_id='],
    ['hit', `srv_id=${OWN}`],
    ['hit', `theme=dark; SRV_ID=${OWN}`],
    ['moved', `srv_id=${OTHER}`],
    ['moved', `srv_id=${OTHER}; srv_id=${OWN}`],
    ['invalid', `srv_id=${OWN.toUpperCase()}`],
    ['invalid', `srv_id="${OWN}"`],
    ['invalid', `srv_id=${OWN}0`],
    ['invalid', `srv_id=${OWN.slice(1)}`],
    ['invalid', 'srv_id=127.0.0.1:5001'],
    ['invalid', 'srv_id=a'],
    ['invalid', `srv_id=${'z'.repeat(50_000)}`],
  ] as const)('is %s where addresses name replicas and the cookie is %j', (verdict, header) => {
    expect(affinityVerdict(readAffinityCookie(header), OWN)).toBe(verdict);
  });

  test.each([
    ['new', undefined],
    ['hit', 'srv_id=a'],
    ['moved', 'srv_id=b'],
    ['moved', 'srv_id=A'],
    ['moved', `srv_id=${'b'.repeat(32)}`],
    ['invalid', `srv_id=${'b'.repeat(33)}`],
    ['invalid', 'srv_id=a b'],
    ['invalid', 'srv_id=127.0.0.1:5001'],
  ] as const)('is %s where routes name replicas and the cookie is %j', (verdict, header) => {
    expect(affinityVerdict(readAffinityCookie(header), 'a')).toBe(verdict);
  });
});

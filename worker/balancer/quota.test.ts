import { describe, expect, test } from 'vitest';
import { createQuota, quotaKey } from './quota.ts';

describe('a quota', () => {
  test('gives one client at most its limit, and all together at most the total', () => {
    const quota = createQuota({ perClient: 2, total: 3 });
    expect([quota.take('a', 1), quota.take('a', 1), quota.take('a', 1)]).toEqual([undefined, undefined, 'client']);
    expect([quota.take('b', 1), quota.take('b', 1)]).toEqual([undefined, 'all']);
    quota.give('a', 1);
    expect([quota.take('b', 1), quota.take('c', 1)]).toEqual([undefined, 'all']);
  });

  test('takes the whole amount or nothing', () => {
    const quota = createQuota({ perClient: 10, total: 15 });
    expect([quota.take('a', 8), quota.take('a', 8), quota.take('a', 2)]).toEqual([undefined, 'client', undefined]);
    expect([quota.take('b', 8), quota.take('b', 5)]).toEqual(['all', undefined]);
  });

  test('without a limit takes anything', () => {
    const quota = createQuota({ perClient: Number.POSITIVE_INFINITY, total: Number.POSITIVE_INFINITY });
    expect(Array.from({ length: 1000 }, () => quota.take('a', 1000)).every((shortage) => !shortage)).toBe(true);
  });
});

describe('one client', () => {
  test.each([
    ['203.0.113.7', '203.0.113.7'],
    ['unknown', 'unknown'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:DB8:1:2::9', '2001:db8:1:2'],
    ['2001:0db8:0001:0002::9', '2001:db8:1:2'],
    ['2001:db8::9', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['fe80::', 'fe80:0:0:0'],
  ])('has the address %s: %s', (ip, key) => {
    expect(quotaKey(ip)).toBe(key);
  });
});

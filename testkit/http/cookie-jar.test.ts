import { expect, test } from 'vitest';
import { createCookieJar, parseSetCookie } from './cookie-jar.ts';

test('a jar sends what it received, the last value of each name', () => {
  const jar = createCookieJar();
  expect(jar.header()).toBe('');
  jar.store(['srv_id=a; Path=/', 'client_id=1; Max-Age=60; Path=/']);
  jar.store(['srv_id=b; Path=/']);
  expect(jar.header()).toBe('srv_id=b; client_id=1');
  jar.clear();
  expect(jar.header()).toBe('');
});

test('a cookie that the server deletes is gone', () => {
  const jar = createCookieJar();
  jar.set('srv_id', 'a');
  jar.store(['srv_id=; Max-Age=0; Path=/; HttpOnly']);
  expect(jar.get('srv_id')).toBeUndefined();
});

test('a value may contain equals signs', () => {
  expect(parseSetCookie('a=b=c;Max-Age=01')).toEqual({ name: 'a', value: 'b=c', isDeleted: false });
});

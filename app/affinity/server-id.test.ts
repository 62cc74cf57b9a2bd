import { expect, test } from 'vitest';
import { serverId } from './server-id.ts';

test.each([
  ['127.0.0.1:5001', 'e73eb7edc6b16f4bfdbfe7bd78f9ac14'],
  ['10.0.0.5:5000', '0249c97f6b087b8052b9c0d1fa55d856'],
  ['[::1]:5001', '4628b89a9eded9cf064cea5c90cf8585'],
])('the server id of %s is %s', (address, sid) => {
  expect(serverId(address)).toBe(sid);
});

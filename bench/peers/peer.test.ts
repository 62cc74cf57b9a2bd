import { expect, test } from 'vitest';
import { MissingPeerError } from './peer.ts';

test('the error names what is missing and the packages that contain it', () => {
  expect(new MissingPeerError('haproxy', ['haproxy']).message).toBe(
    'haproxy is not installed; on Debian or Ubuntu: apt-get install haproxy',
  );
  expect(new MissingPeerError('Flask', ['python3-flask', 'gunicorn']).message).toBe(
    'Flask is not installed; on Debian or Ubuntu: apt-get install python3-flask gunicorn',
  );
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nginxCookie } from '../../testkit/fronts/nginx-cookie.ts';
import { readAffinityCookie } from './cookie.ts';
import { serverId } from './server-id.ts';
import { affinityVerdict } from './verdict.ts';

/** Headers made of the relevant pieces in any order, and arbitrary headers. */
const headers = fc
  .oneof(
    { weight: 4, arbitrary: fc.array(fc.constantFrom('srv_id', 'SRV_ID', 'x', '=', ';', ' ', ',', '\t', 'abc', '"')) },
    { weight: 1, arbitrary: fc.array(fc.string({ unit: 'binary' })) },
  )
  // RFC 9110 section 5.5: spaces around a header's value are not part of the value.
  .map((pieces) => pieces.join('').replace(/^[ \t]+|[ \t]+$/g, ''));

test('A10: any header is parsed as Nginx parses it', () => {
  fc.assert(
    fc.property(headers, (header) => {
      expect(readAffinityCookie(header)).toBe(nginxCookie(header, 'srv_id'));
    }),
    { numRuns: 5000 },
  );
});

test('A3: the value is a part of the header and contains no separator', () => {
  fc.assert(
    fc.property(headers, (header) => {
      const cookie = readAffinityCookie(header) ?? '';
      expect(header).toContain(cookie);
      expect(cookie).not.toContain(';');
    }),
  );
});

test('a verdict is one of four words, and "hit" needs exactly the id of the replica', () => {
  const sids = fc.oneof(fc.string().map(serverId), fc.stringMatching(/^[\w.-]{1,32}$/));
  fc.assert(
    fc.property(headers, sids, fc.boolean(), (header, sid, isOwn) => {
      const cookie = isOwn ? `srv_id=${sid}; ${header}` : header;
      const verdict = affinityVerdict(readAffinityCookie(cookie), sid);
      expect(['new', 'hit', 'moved', 'invalid']).toContain(verdict);
      expect(verdict === 'hit').toBe(readAffinityCookie(cookie) === sid);
      expect(verdict === 'new').toBe(readAffinityCookie(cookie) === undefined);
    }),
  );
});

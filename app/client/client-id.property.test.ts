import fc from 'fast-check';
import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { calledBy } from '../../testkit/http/client-info.ts';
import type { AppEnv } from '../env.ts';
import { createKeepClientId, readClientId } from './client-id.ts';

const keepClientId = createKeepClientId(() => 0x6a000000 * 1000);
const app = new Hono<AppEnv>()
  .use(calledBy())
  .use(async (c, next) => {
    await next();
    keepClientId(c, readClientId(c));
  })
  .get('/', (c) => c.json({ id: readClientId(c)?.id }));

const visible = fc.string({ unit: fc.constantFrom(...' \t,;=*/.-+"%0123456789', ...'abcxyz', '\u00e9') });

test('a client keeps a valid id, and whatever else it sends, gets a valid one', async () => {
  const values = fc.oneof(fc.stringMatching(/^[0-9a-f]{32}$/), fc.stringMatching(/^[0-9a-fA-F]{30,34}$/), visible);
  await fc.assert(
    fc.asyncProperty(values, visible, async (value, other) => {
      const response = await app.request('/', { headers: { Cookie: `client_id=${value}; ${other}` } });
      const { id } = (await response.json()) as { id?: string };
      expect(id).toBe(/^[0-9a-f]{32}$/.test(value) ? value.slice(0, 24) : undefined);
      const given = response.headers.get('Set-Cookie') ?? `client_id=${value};`;
      expect(given).toMatch(new RegExp(`^client_id=${id ?? '[0-9a-f]{24}'}[0-9a-f]{8};`));
    }),
  );
});

import fc from 'fast-check';
import { Hono } from 'hono';
import { html } from 'hono/html';
import { expect, test } from 'vitest';
import { calledBy } from '../../testkit/http/client-info.ts';
import type { AppEnv } from '../env.ts';
import { respond } from './respond.ts';

const app = new Hono<AppEnv>()
  .use(calledBy())
  .get('/', (c) => respond(c, { text: 'text', json: { form: 'json' }, html: () => html`<p>page</p>` }));

const visible = fc.string({ unit: fc.constantFrom(...' \t,;=*/.-+"%0123456789', ...'abcxyz', '\u00e9') });
const accept = fc.oneof(
  visible,
  fc
    .array(
      fc.constantFrom(
        'text/html',
        'application/json',
        'text/plain',
        '*/*',
        ';q=0',
        ';q=0.5',
        ';q=x',
        ';q=1e9',
        ',',
        ';',
        '"',
      ),
    )
    .map((pieces) => pieces.join('')),
);

test('for any Accept header, the response is text, JSON or HTML with its type, and is never stored', async () => {
  const bodies: Record<string, string> = {
    'text/plain': 'text\n',
    'application/json': '{"form":"json"}',
    'text/html': '<p>page</p>',
  };
  await fc.assert(
    fc.asyncProperty(accept, async (words) => {
      const response = await app.request('/', { headers: { Accept: words } });
      const type = response.headers.get('Content-Type')?.split(';', 1)[0] as string;
      expect(response.status).toBe(200);
      expect(await response.text()).toBe(bodies[type]);
      expect(response.headers.get('Cache-Control')).toBe('no-store');
      expect(response.headers.get('Vary')).toBe('Accept');
    }),
    { numRuns: 500 },
  );
});

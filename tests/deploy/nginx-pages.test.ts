import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

test('the policy that Nginx sends with its error pages allows their style and nothing else', () => {
  const page = read('app/pages/gateway-error.html');
  const [, style] = page.match(/<style>(.*)<\/style>/s) as unknown as [string, string];
  const hash = createHash('sha256').update(style).digest('base64');
  expect(read('nginx/entrypoint/parts/pages.sh')).toContain(`default-src 'none'; style-src 'sha256-${hash}';`);
  expect(page).not.toMatch(/<script|<img|<link|style=|\son\w+=/);
});

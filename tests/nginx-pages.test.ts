import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (path: string) => readFileSync(new URL(`../nginx/${path}`, import.meta.url), 'utf8');

test.each(['pages/502.html', 'pages/503.html', 'pages/504.html'])(
  'the policy that Nginx sends with %s lets in its style and nothing else',
  (path) => {
    const page = read(path);
    const [, style] = page.match(/<style>(.*)<\/style>/s) as unknown as [string, string];
    const hash = createHash('sha256').update(style).digest('base64');
    expect(read('templates/mooring.conf.template')).toContain(`default-src 'none'; style-src 'sha256-${hash}';`);
    expect(page).not.toMatch(/<script|<img|<link|style=|\son\w+=/);
  },
);

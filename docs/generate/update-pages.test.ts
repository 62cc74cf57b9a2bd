import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { updatePages } from './update-pages.ts';

const contents = new Map([['table', '| new |']]);
const stale = '# Page\n\n<!-- generated: table -->\n\n| old |\n\n<!-- end -->\n\nText.\n';
const current = stale.replace('old', 'new');

function folderWith(page: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-docs-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'page.md'), page);
  return folder;
}

test.each([
  ['stale', stale],
  ['empty', '# Page\n\n<!-- generated: table -->\n<!-- end -->\n\nText.\n'],
])('a block that is %s is found, and written', (_how, page) => {
  const folder = folderWith(page);
  const found = [{ path: 'page.md', stale: ['table'] }];
  expect(updatePages({ folder, pages: ['*.md'], contents, mayWrite: false })).toEqual(found);
  expect(readFileSync(join(folder, 'page.md'), 'utf8')).toBe(page);
  expect(updatePages({ folder, pages: ['*.md'], contents, mayWrite: true })).toEqual(found);
  expect(readFileSync(join(folder, 'page.md'), 'utf8')).toBe(current);
  expect(updatePages({ folder, pages: ['*.md'], contents, mayWrite: false })).toEqual([]);
});

test.each([
  ['an unknown block', current.replace('table', 'tabel'), 'page.md: unknown block "tabel"; expected one of table'],
  ['a block without an end', current.replace('<!-- end -->', ''), 'page.md: a block has no <!-- end -->'],
  ['a block inside another', `<!-- generated: table -->\n${current}`, 'page.md: block "table" has no <!-- end -->'],
  ['no page with a block', '# Page\n', 'no page has the block table'],
])('%s is an error', (_what, page, message) => {
  expect(() => updatePages({ folder: folderWith(page), pages: ['*.md'], contents, mayWrite: false })).toThrow(message);
});

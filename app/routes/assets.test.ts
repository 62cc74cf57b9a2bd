import { describe, expect, test } from 'vitest';
import { readAssets } from '../../origin/read-assets.ts';
import { ASSET_TYPES, type AssetName, assetsVersion, createAssetHref } from '../pages/assets.ts';
import { serveAssets } from './assets.ts';

const texts = readAssets();
const version = assetsVersion(texts);
const href = createAssetHref(version);
const app = serveAssets({ texts, version });
const names = Object.keys(ASSET_TYPES) as AssetName[];

test.each(names)('%s is served with its text and type, cacheable for good, but not by shared caches', async (name) => {
  const response = await app.request(href(name));
  expect(response.status).toBe(200);
  expect(response.headers.get('Content-Type')).toBe(ASSET_TYPES[name]);
  expect(response.headers.get('Cache-Control')).toBe('private, max-age=31536000, immutable');
  expect(response.headers.get('X-Content-Type-Options')).toBe('nosniff');
  expect(await response.text()).toBe(texts[name]);
});

test.each([
  ['of another version', '/assets/0123456789ab/mooring.css'],
  ['without a version', '/assets/mooring.css'],
  ['the icon that browsers request by default', '/favicon.ico'],
])('%s is served, and revalidated each time', async (_what, path) => {
  const response = await app.request(path);
  expect([response.status, response.headers.get('Cache-Control')]).toEqual([200, 'private, no-cache']);
});

test('a cached copy is answered 304', async () => {
  const path = href('mooring.css');
  const tag = (await app.request(path)).headers.get('ETag') as string;
  expect(tag).toMatch(/^"[0-9a-f]+"$/);
  const again = await app.request(path, { headers: { 'If-None-Match': tag } });
  expect([again.status, await again.text(), again.headers.get('ETag')]).toEqual([304, '', tag]);
  const other = await app.request(path, { headers: { 'If-None-Match': '"other"' } });
  expect(other.status).toBe(200);
});

test.each(['nothing.js', '..%2f..%2fpackage.json', 'constructor', '__proto__', ''])('%j is not found', async (name) => {
  expect((await app.request(`/assets/${name}`)).status).toBe(404);
  expect((await app.request(`/assets/${version}/${name}`)).status).toBe(404);
});

describe('the version', () => {
  test('changes when any text changes', () => {
    for (const name of names) expect(assetsVersion({ ...texts, [name]: 'other' })).not.toBe(version);
  });

  test('is the same for the same texts', () => {
    expect(assetsVersion({ ...texts })).toBe(version);
  });
});

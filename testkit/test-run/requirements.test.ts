import { expect, test } from 'vitest';
import { describeMissing, missingRequirements, REQUIREMENTS } from './requirements.ts';

const nothing = { findProgram: async () => undefined, isDockerRunning: async () => false, hasImage: async () => false };

test('a machine without any of the programs lacks everything', async () => {
  expect(await missingRequirements({}, nothing)).toEqual(REQUIREMENTS);
});

test('a setting takes the place of a program', async () => {
  const missing = await missingRequirements({ TEST_DATABASE_URL: 'mysql://', CHROMIUM_PATH: '/chromium' }, nothing);
  expect(missing.flatMap(({ packages }) => packages)).toEqual(['prometheus']);
});

test('one of the programs is enough', async () => {
  const installed = ['mariadbd', 'google-chrome', 'promtool'];
  const findProgram = async (...names: string[]) => names.find((name) => installed.includes(name));
  expect(await missingRequirements({}, { ...nothing, findProgram })).toEqual([]);
});

test('a running Docker takes the place of a database server', async () => {
  const missing = await missingRequirements({}, { ...nothing, isDockerRunning: async () => true });
  expect(missing.flatMap(({ packages }) => packages)).toEqual(['chromium', 'prometheus']);
});

test("an image takes the place of Prometheus's checker", async () => {
  const hasImage = async (image: string) => image.startsWith('prom/prometheus');
  const missing = await missingRequirements({}, { ...nothing, hasImage });
  expect(missing.map(({ tests }) => tests)).toEqual(['counting on MySQL', 'pages in a browser']);
});

test('what is skipped says how to enable it', () => {
  expect(REQUIREMENTS.map(describeMissing)).toEqual([
    'skipped: counting on MySQL (needs mysqld or mariadbd or a running Docker): npm test -- --install, or apt-get install mariadb-server-core mariadb-client-core, or set TEST_DATABASE_URL',
    'skipped: pages in a browser (needs chromium or chromium-browser or google-chrome or google-chrome-stable): npm test -- --install, or apt-get install chromium, or set CHROMIUM_PATH',
    'skipped: alerts and the metrics format (needs promtool): npm test -- --install, or apt-get install prometheus',
  ]);
});

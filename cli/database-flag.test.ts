import { expect, test } from 'vitest';
import { completeDatabaseFlag, readDatabaseFlag } from './database-flag.ts';
import { parseMysqlUrl } from './mysql-url.ts';

const URL_WITHOUT_PASSWORD = 'mysql://u@127.0.0.1:3307/mooring';

test.each(['secret', 'p@ss:/?#%41 \u20ac'])('the password %j comes from the environment', (password) => {
  const url = completeDatabaseFlag(URL_WITHOUT_PASSWORD, { DB_PASSWORD: password }) as string;
  expect(parseMysqlUrl(url)).toMatchObject({ hosts: [{ host: '127.0.0.1', port: 3307 }], user: 'u', password });
});

test('the password is added to a URL with several hosts', () => {
  expect(completeDatabaseFlag('mysql://u:@a:3307,b/d?ssl-mode=REQUIRED', { DB_PASSWORD: '$&@' })).toBe(
    'mysql://u:%24%26%40@a:3307,b/d?ssl-mode=REQUIRED',
  );
});

test('the password comes from a file, without the line end', () => {
  const readFile = (path: string) => `password of ${path}\n`;
  const url = completeDatabaseFlag(URL_WITHOUT_PASSWORD, { DB_PASSWORD_FILE: '/run/db' }, readFile) as string;
  expect(parseMysqlUrl(url).password).toBe('password of /run/db');
});

test('a file that cannot be read is reported', () => {
  const read = () => readDatabaseFlag(URL_WITHOUT_PASSWORD, { DB_PASSWORD_FILE: '/none' });
  expect(read).toThrow('1 setting is wrong:\n  DB_PASSWORD_FILE: expected a file that can be read');
});

test.each([
  'mysql://u:own@127.0.0.1:3307/mooring',
  'mysql://127.0.0.1/mooring',
  'file:data/mooring.sqlite',
  'mysql://u@h:x/d',
  'mysql://u@h/d\tb',
  ' mysql://u@h/d',
  'mysql://u@h/d b',
  'nonsense',
])('%s stays unchanged', (given) => {
  expect(completeDatabaseFlag(given, { DB_PASSWORD: 'secret' })).toBe(given);
});

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { stackMysqlCommand } from './stack.ts';

test('the stack starts its database with options only, and by default without a binary log and a performance schema', () => {
  const compose = readFileSync(new URL('../../docker-compose.yml', import.meta.url), 'utf8');
  const [program, ...options] = stackMysqlCommand(compose);
  expect(program).toBe('mysqld');
  expect(options).toEqual(expect.arrayContaining(['--disable-log-bin', '--performance-schema=off']));
  expect(options.every((option) => /^--[a-z-]+=?/.test(option))).toBe(true);
});

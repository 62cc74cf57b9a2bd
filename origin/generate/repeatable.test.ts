import { expect, test } from 'vitest';
import { repeatable } from './repeatable.ts';

const CREATE = 'CREATE TABLE `a` (\n\t`id` bigint NOT NULL\n);\n';
const INDEX = 'CREATE INDEX `a_b` ON `a` (`b`,`c`);';
const UNIQUE = 'CREATE UNIQUE INDEX `a_c` ON `a` (`c`);';

test('MySQL: the indexes of a new table are a part of its statement', () => {
  expect(repeatable([CREATE, INDEX, UNIQUE], 'mysql')).toEqual([
    'CREATE TABLE IF NOT EXISTS `a` (\n\t`id` bigint NOT NULL,\n\tINDEX `a_b` (`b`,`c`),\n\tUNIQUE INDEX `a_c` (`c`)\n);',
  ]);
});

test('MySQL: the index of an older table stays as it is', () => {
  expect(repeatable([INDEX], 'mysql')).toEqual([INDEX]);
});

test.each([
  [CREATE, 'CREATE TABLE IF NOT EXISTS `a` (\n\t`id` bigint NOT NULL\n);'],
  [INDEX, 'CREATE INDEX IF NOT EXISTS `a_b` ON `a` (`b`,`c`);'],
  [UNIQUE, 'CREATE UNIQUE INDEX IF NOT EXISTS `a_c` ON `a` (`c`);'],
  ['DROP TABLE `a`;', 'DROP TABLE IF EXISTS `a`;'],
  ['ALTER TABLE `a` ADD `b` text;', 'ALTER TABLE `a` ADD `b` text;'],
])('SQLite: %j becomes %j', (statement, expected) => {
  expect(repeatable([statement], 'sqlite')).toEqual([expected]);
});

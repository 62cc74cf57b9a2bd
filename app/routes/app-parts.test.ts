import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { parseSettings, setting } from '../lib/settings.ts';
import { integer } from '../lib/text-format.ts';
import { defineTable } from '../tables/define-table.ts';
import { NameTakenError, settingsOf, tablesOf } from './app-parts.ts';
import type { Route } from './route.ts';

const table = (name: string) => defineTable(name, ({ id }) => ({ id: id() }));
const number = (byDefault: number) =>
  setting(integer({ min: 1, max: 9 }), { about: 'A number.', example: '5', default: byDefault });
const route = (path: string, parts: Partial<Route>): Route => ({ path, create: () => new Hono(), ...parts });

const [a, b] = [table('a'), table('b')];
const SIZE = number(3);

test('the tables and settings of all routes are collected, shared ones once', () => {
  const routes = [
    route('/1', { tables: [a, b], settings: { SIZE } }),
    route('/2', { tables: [a], settings: { SIZE } }),
  ];
  expect(tablesOf(routes)).toEqual([a, b]);
  expect(settingsOf(routes, [])).toEqual({ SIZE });
});

test('two tables with one name are refused', () => {
  const routes = [route('/1', { tables: [a] }), route('/2', { tables: [table('a')] })];
  expect(() => tablesOf(routes)).toThrow(
    new NameTakenError('the table a of the route /2 has the name of another one: rename it'),
  );
});

test.each([
  ['one of another route', [route('/1', { settings: { SIZE } }), route('/2', { settings: { SIZE: number(4) } })]],
  ["one of Mooring's", [route('/1', { settings: { PORT: number(4) } })]],
])('a setting with the name of %s is refused', (_what, routes) => {
  expect(() => settingsOf(routes, ['PORT'])).toThrow(NameTakenError);
});

test.each([
  [{}, { SIZE: 3 }],
  [{ SIZE: '7' }, { SIZE: 7 }],
])('%j gives the values %j', (given, values) => {
  expect(parseSettings({ SIZE }, given)).toEqual(values);
});

test('an invalid value is refused with what was expected', () => {
  expect(() => parseSettings({ SIZE }, { SIZE: '10' })).toThrow('SIZE: expected a whole number from 1 to 9, got "10"');
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allOriginSettings } from '../../origin/settings.ts';
import { workerSettings } from '../../worker/config.ts';
import { settingsObject } from './settings.ts';
import { integer } from './text-format.ts';

const declared = { ...allOriginSettings, ...workerSettings };
const schema = settingsObject(declared);
const names = Object.keys(declared);

test('any value is accepted or reported in one line with what was expected', () => {
  const values = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('0', '-1', '1e9', 'none', 'off', '::1/129', '/'),
  );
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), values), (env) => {
      const { data, error } = schema.safeParse(env);
      expect(names).toEqual(expect.arrayContaining(Object.keys(data ?? {})));
      for (const { message: problem } of error?.issues ?? []) {
        expect(names).toContain(problem.split(':', 1)[0]);
        expect(problem).toMatch(/: expected .*; for example /s);
        expect(problem).toMatch(/^[^\n\r]*$/);
      }
    }),
    { numRuns: 500 },
  );
});

test('a whole number is accepted only if it is written in digits and within its bounds', () => {
  const texts = fc.oneof(fc.integer().map(String), fc.string(), fc.stringMatching(/^[-+ 0-9.e_]{0,18}$/));
  fc.assert(
    fc.property(texts, fc.nat(1000), fc.nat(1_000_000), (text, min, span) => {
      const { success, data } = integer({ min, max: min + span }).schema.safeParse(text);
      const isRight = /^[0-9]{1,15}$/.test(text) && Number(text) >= min && Number(text) <= min + span;
      expect(success).toBe(isRight);
      if (isRight) expect(data).toBe(Number(text));
    }),
  );
});

import { expect, test } from 'vitest';
import { findPhrases } from './phrases.ts';

const found = (text: string) => findPhrases(text).map(({ phrase, line }) => `${line}: ${phrase.words}`);

test.each([
  ['in any case', 'It starts Anew.', ['1: anew']],
  ['over the end of a line', 'is under\nway', ['1: under way']],
  ['over the lines of a comment', '/**\n * Each replica is\n * told.\n */', ['2: (is|are) told']],
  ['after each mark of a comment', '// so\n// many\n# those\n# of', ['1: so many', '3: those of']],
  ['as often as it occurs', 'whoever and whoever', ['1: whoever', '1: whoever']],
  ['not within a word', 'toldof, sanew, under-way', []],
])('a phrase is found %s', (_where, text, phrases) => {
  expect(found(text)).toEqual(phrases);
});

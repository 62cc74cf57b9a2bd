import { expect, test } from 'vitest';
import { isComplete, readGroupView } from './group.ts';

const view = (...rows: string[][]) => readGroupView(rows.map((row) => row.join('\t')).join('\n'));
const online = (number: number, role: string) => [`db-${number}`, 'ONLINE', role, '0'];

test('reads who is in the group, and whether the member that was asked accepts writes', () => {
  expect(view(online(1, 'PRIMARY'), ['db-2', 'RECOVERING', 'SECONDARY', '0'])).toEqual({
    members: [
      { number: 1, state: 'ONLINE', isPrimary: true },
      { number: 2, state: 'RECOVERING', isPrimary: false },
    ],
    isWritable: true,
  });
  expect(view(['db-2', 'ONLINE', 'SECONDARY', '1']).isWritable).toBe(false);
});

test.each([
  ['all members', view(online(1, 'PRIMARY'), online(2, 'SECONDARY'), online(3, 'SECONDARY')), [1, 2, 3], true],
  ['two members, when the third is out of the group', view(online(1, 'PRIMARY'), online(3, 'SECONDARY')), [1, 3], true],
  ['a lost member that is not suspected yet', view(online(1, 'PRIMARY'), online(2, 'SECONDARY')), [1, 3], false],
  ['a suspected member', view(online(1, 'PRIMARY'), ['db-2', 'UNREACHABLE', 'SECONDARY', '0']), [1, 2], false],
  ['a member that is alone', view(online(1, 'PRIMARY')), [1], false],
])('a group of %s, where %j are reachable', (_what, seen, reachable, expected) => {
  expect(isComplete(seen, reachable)).toBe(expected);
});

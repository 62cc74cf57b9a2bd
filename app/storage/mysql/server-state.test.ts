import { expect, test } from 'vitest';
import { type GroupMember, judgeState, type StateVariables } from './server-state.ts';

/** The members of a group, with their own state first: `online primary, online secondary, unreachable secondary`. */
function group(text: string): GroupMember[] {
  return text.split(', ').map((member, index) => {
    const [state = '', role = ''] = member.toUpperCase().split(' ');
    return { state, role, isSelf: index === 0 };
  });
}

const WRITES: StateVariables = { read_only: 'OFF', super_read_only: 'OFF' };
const READ_ONLY: StateVariables = { read_only: 'ON', super_read_only: 'ON' };

test.each<[StateVariables, string | undefined, string]>([
  [WRITES, undefined, 'accepts writes'],
  [{ read_only: '0' }, undefined, 'accepts writes'],
  [{ read_only: 'ON', super_read_only: 'OFF' }, undefined, 'read-only'],
  [{ read_only: 'NO_LOCK_NO_ADMIN' }, undefined, 'read-only'],
  [{ read_only: 'OFF', innodb_read_only: 'ON' }, undefined, 'read-only'],
  [WRITES, 'online primary, online secondary, online secondary', 'accepts writes'],
  [WRITES, 'online primary', 'accepts writes'],
  [WRITES, 'online primary, recovering secondary, unreachable secondary', 'accepts writes'],
  [READ_ONLY, 'online primary, online secondary', 'read-only'],
  [READ_ONLY, 'online secondary, online primary', 'secondary of the group'],
  [WRITES, 'online primary, unreachable secondary, unreachable secondary', 'primary of a minority of the group'],
  [WRITES, 'online primary, unreachable secondary', 'primary of a minority of the group'],
  [READ_ONLY, 'recovering secondary, online primary', 'group member RECOVERING'],
  [READ_ONLY, 'error ', 'group member ERROR'],
  [WRITES, 'offline ', 'group member OFFLINE'],
])('a server with %j in the group "%s" %s', (variables, members, text) => {
  const state = judgeState(variables, members === undefined ? undefined : group(members));
  expect(state).toEqual({ acceptsWrites: text === 'accepts writes', isGroupMember: members !== undefined, text });
});

test('a member that does not know itself is offline', () => {
  expect(judgeState(WRITES, [{ state: 'OFFLINE', role: '', isSelf: false }]).text).toBe('group member OFFLINE');
});

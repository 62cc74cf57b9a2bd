import type { Connection, RowDataPacket } from 'mysql2/promise';

/** What one of several servers says about itself. */
export interface ServerState {
  acceptsWrites: boolean;
  /** Whether it belongs to a replication group, in which the members decide who accepts writes. */
  isGroupMember: boolean;
  /** The state in words, for messages. */
  text: string;
}

/** A row of `performance_schema.replication_group_members`. */
export interface GroupMember {
  state: string;
  role: string;
  isSelf: boolean;
}

/** `group_replication_group_name` exists where the plugin is loaded, and is empty where there is no group. */
const VARIABLES = ['read_only', 'super_read_only', 'innodb_read_only', 'group_replication_group_name'] as const;
export type StateVariables = Partial<Record<(typeof VARIABLES)[number], string>>;

/**
 * Returns the state of a server.
 *
 * @throws the driver's error, also where the user may not read the members of the group
 */
export async function readServerState(connection: Connection): Promise<ServerState> {
  const names = VARIABLES.map((name) => `'${name}'`).join(', ');
  const [rows] = await connection.query<RowDataPacket[]>(`show global variables where variable_name in (${names})`);
  const variables: StateVariables = Object.fromEntries(rows.map((row) => [row.Variable_name, row.Value]));
  const members = variables.group_replication_group_name ? await readMembers(connection) : undefined;
  return judgeState(variables, members);
}

async function readMembers(connection: Connection): Promise<GroupMember[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `select member_state as state, member_role as role, member_id = @@server_uuid as isSelf
     from performance_schema.replication_group_members`,
  );
  return rows.map(({ state, role, isSelf }) => ({ state, role, isSelf: Number(isSelf) === 1 }));
}

/**
 * Judges what a server has said.
 *
 * @param members what it knows of its group; undefined where it belongs to none
 */
export function judgeState(variables: StateVariables, members: readonly GroupMember[] | undefined): ServerState {
  const isReadOnly = [variables.read_only, variables.super_read_only, variables.innodb_read_only].some(isOn);
  const isGroupMember = members !== undefined;
  const refusal = (isGroupMember ? whyNoPrimary(members) : undefined) ?? (isReadOnly ? 'read-only' : undefined);
  return { acceptsWrites: refusal === undefined, isGroupMember, text: refusal ?? 'accepts writes' };
}

/** Returns why a member of a group accepts no writes that last; undefined for the primary. */
function whyNoPrimary(members: readonly GroupMember[]): string | undefined {
  const self = members.find(({ isSelf }) => isSelf);
  if (self?.state !== 'ONLINE') return `group member ${self?.state ?? 'OFFLINE'}`;
  if (self.role !== 'PRIMARY') return 'secondary of the group';
  const connected = members.filter(({ state }) => state === 'ONLINE' || state === 'RECOVERING');
  // Without a majority a commit waits for the others, and may be rolled back.
  return connected.length * 2 > members.length ? undefined : 'primary of a minority of the group';
}

/** Whether the value of a variable is not off. MariaDB has modes beside `ON`. */
export function isOn(value: string | undefined): boolean {
  return value !== undefined && value !== 'OFF' && value !== '0';
}

import { MYSQL_AS_ROOT } from '../../../testkit/docker/stack.ts';
import { type Cluster, type Machine, reachable, runningContainer } from './cluster.ts';

export interface GroupMember {
  /** Number of the member, and of its machine. */
  number: number;
  state: string;
  isPrimary: boolean;
}

/** What one member says about the group. */
export interface GroupView {
  members: GroupMember[];
  isWritable: boolean;
}

/** The database's group, as its members on reachable machines see it. */
export interface Group {
  /** Returns the number of the primary's machine, if there is a primary that accepts writes. */
  primary(): Promise<number | undefined>;
  /** Whether all members are online, and one of them accepts writes. */
  isWhole(): Promise<boolean>;
  /** Whether the machine's member is in the group. */
  isOnline(machine: number): Promise<boolean>;
  /** Whether the group has a primary that accepts writes and no member that is lost, and none of `without`. */
  isSettled(without?: readonly number[]): Promise<boolean>;
  /** Runs a statement as root at the primary. @returns rows of tab-separated columns */
  sql(statement: string): Promise<string[]>;
}

const LOOK = `select member_host, member_state, member_role, @@global.super_read_only or @@global.offline_mode
  from performance_schema.replication_group_members`.replace(/\s+/g, ' ');

/** @param printed the rows of `LOOK` */
export function readGroupView(printed: string): GroupView {
  const rows = printed.split('\n').map((line) => line.split('\t'));
  const members = rows.map(([host = '', state = '', role = '']) => {
    return { number: Number(host.match(/\d+$/)?.[0] ?? 0), state, isPrimary: role === 'PRIMARY' };
  });
  return { members, isWritable: rows[0]?.[3] === '0' };
}

/** Whether no member of the view is lost, or on a machine that cannot be reached. */
export function isComplete({ members }: GroupView, reachable: readonly number[]): boolean {
  return members.length >= 2 && members.every(({ number, state }) => state === 'ONLINE' && reachable.includes(number));
}

export function createGroup(cluster: Pick<Cluster, 'machines'>): Group {
  async function execute({ engine, number }: Machine, statement: string): Promise<string> {
    const container = await runningContainer(engine, `db-${number}`);
    if (container === undefined) throw new Error(`the member db-${number} does not run`);
    return engine.docker('exec', container, 'sh', '-c', `${MYSQL_AS_ROOT} --execute '${statement}'`);
  }

  async function look(): Promise<Map<number, GroupView>> {
    const views = new Map<number, GroupView>();
    await Promise.all(
      reachable(cluster).map(async (machine) => {
        const printed = await execute(machine, LOOK).catch(() => undefined);
        if (printed !== undefined) views.set(machine.number, readGroupView(printed));
      }),
    );
    return views;
  }

  /** Returns the primary that accepts writes and that it and all others of its group see as such. */
  function primaryOf(views: Map<number, GroupView>): number | undefined {
    for (const [number, { members, isWritable }] of views) {
      if (isWritable && members.some((member) => member.isPrimary && member.number === number)) return number;
    }
    return undefined;
  }

  async function settledViews(without: readonly number[] = []): Promise<GroupView | undefined> {
    const views = await look();
    const primary = primaryOf(views);
    const view = primary === undefined ? undefined : views.get(primary);
    const numbers = reachable(cluster)
      .map(({ number }) => number)
      .filter((number) => !without.includes(number));
    return view && isComplete(view, numbers) ? view : undefined;
  }

  return {
    primary: async () => primaryOf(await look()),
    isWhole: async () => (await settledViews())?.members.length === cluster.machines.length,
    isOnline: async (machine) => {
      const views = await look();
      const view = views.get(primaryOf(views) ?? 0);
      return view?.members.some(({ number, state }) => number === machine && state === 'ONLINE') ?? false;
    },
    isSettled: async (without) => (await settledViews(without)) !== undefined,
    async sql(statement) {
      const primary = primaryOf(await look());
      const machine = cluster.machines.find(({ number }) => number === primary);
      if (!machine) throw new Error('the database group has no primary');
      return (await execute(machine, statement)).split('\n').filter(Boolean);
    },
  };
}

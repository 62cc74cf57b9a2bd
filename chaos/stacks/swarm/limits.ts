/**
 * How long things may take to come back, at most. The machines of a test share the processors of one, with the clients, and a new
 * task takes ten seconds longer where its image cannot be pulled.
 */
export const LIMITS_MS = {
  /** Until the group accepts writes again after it has lost a member or the primary. */
  writable: 30_000,
  /** The same after it had lost the majority and has it again, also by a command of an operator. */
  regained: 120_000,
  /** Until the Nginx of a machine answers again. */
  front: 120_000,
  /** Until the Nginx of a machine reaches all replicas. */
  peers: 120_000,
  /** Until there are as many replicas as before. */
  replicas: 180_000,
  /** Until the member of a machine is in the group again, with its data or with a copy of another member's. */
  member: 300_000,
  rebuiltMember: 480_000,
};

/** A timeout that the test waits for. */
export const TIMEOUT_MS = 400;

/** What comes piece by piece takes longer in all than this timeout, and each piece much less, however busy the machine is. */
export const LONG_MS = 3000;
export const PIECES = 16;
export const PIECE_MS = 250;

/** More than all buffers between a client and a replica hold. */
export const LARGE_BYTES = 30_000_000;

import type { BackgroundLoop } from '../lib/background-loop.ts';
import type { Log } from '../lib/log.ts';
import { createPurgeRounds } from '../lib/purge-rounds.ts';
import type { SessionStore } from './session-store.ts';

export interface ExpiredSessionsOptions {
  purge: SessionStore['purge'];
  log: Log;
}

/** Creates the removal of expired sessions. The database's clock decides what has expired. */
export function createExpiredSessions({ purge, log }: ExpiredSessionsOptions): BackgroundLoop {
  return createPurgeRounds({
    beginRound: async () => purge,
    onRemoved: (rows) => log.info({ rows }, 'expired sessions removed'),
  });
}

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { VisitStore } from '../../app/visits/visit.ts';

const SCRIPT = fileURLToPath(new URL('store-main.ts', import.meta.url));

/** A call of a store's method, as a message to its process. */
export interface StoreCall {
  id: number;
  method: keyof VisitStore;
  args: unknown[];
}

/** The result of a call. */
export type StoreReply = { id: number; result: unknown } | { id: number; error: string };

/** Opens the store of a database in a process of its own, as a replica does. */
export async function openStoreProcess(databaseUrl: string): Promise<VisitStore> {
  const child = fork(SCRIPT, [databaseUrl]);
  const pending = new Map<number, PromiseWithResolvers<unknown>>();
  child.on('message', (reply: StoreReply) => {
    const call = pending.get(reply.id);
    pending.delete(reply.id);
    if ('error' in reply) call?.reject(new Error(reply.error));
    else call?.resolve(reply.result);
  });
  let lastId = 0;

  function call(method: StoreCall['method'], ...args: unknown[]): Promise<unknown> {
    const id = ++lastId;
    const reply = Promise.withResolvers<unknown>();
    pending.set(id, reply);
    child.send({ id, method, args } satisfies StoreCall);
    return reply.promise;
  }

  return {
    commit: (visits) => call('commit', visits) as Promise<number[]>,
    count: () => call('count') as Promise<number>,
    checkWritable: () => call('checkWritable') as Promise<void>,
    purge: (options) => call('purge', options) as Promise<number>,
    async close() {
      await call('close');
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}

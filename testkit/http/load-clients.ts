import { delay } from '../../app/lib/delay.ts';
import { createHttpClient } from './http-client.ts';

/** Clients that visit repeatedly, each with its own cookies. */
export interface LoadClients {
  /** Stops the clients after their current visits. */
  stop(): Promise<void>;
}

export interface LoadClientsOptions {
  clients: number;
  /** Pause of a client between two visits. */
  pauseMs: number;
  /** Probability, per visit, that a client loses its cookies or sometimes garbles them: 0 to 1. */
  forgetful?: number;
}

/** Starts clients that visit an app or a balancer. A client whose visit fails continues with the next one. */
export function startLoadClients(url: string, { clients, pauseMs, forgetful = 0 }: LoadClientsOptions): LoadClients {
  const stopped = new AbortController();

  async function visitRepeatedly(): Promise<void> {
    const { send, cookies, close } = createHttpClient(url);
    while (!stopped.signal.aborted) {
      await send().catch(() => {});
      if (Math.random() < forgetful) {
        if (Math.random() < 0.3) cookies.set('srv_id', '10.0.0.1:80');
        else cookies.clear();
      }
      await delay(pauseMs * (0.5 + Math.random()), stopped.signal);
    }
    close();
  }

  const running = Promise.all(Array.from({ length: clients }, visitRepeatedly));
  return {
    async stop() {
      stopped.abort();
      await running;
    },
  };
}

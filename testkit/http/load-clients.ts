import { setTimeout } from 'node:timers/promises';

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

  async function sail(): Promise<void> {
    let cookies = new Map<string, string>();
    while (!stopped.signal.aborted) {
      const header = [...cookies].map((pair) => pair.join('=')).join('; ');
      await fetch(url, { headers: { Accept: 'application/json', ...(header && { Cookie: header }) } }).then(
        async (response) => {
          for (const line of response.headers.getSetCookie()) {
            const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
            cookies.set(name, value);
          }
          await response.arrayBuffer();
        },
        () => {},
      );
      if (Math.random() < forgetful) cookies = Math.random() < 0.3 ? cookies.set('srv_id', '10.0.0.1:80') : new Map();
      await setTimeout(pauseMs * (0.5 + Math.random()), undefined, { signal: stopped.signal }).catch(() => {});
    }
  }

  const underWay = Promise.all(Array.from({ length: clients }, sail));
  return {
    async stop() {
      stopped.abort();
      await underWay;
    },
  };
}

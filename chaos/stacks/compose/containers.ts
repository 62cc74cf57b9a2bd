import type { Stack as ComposeStack } from '../../../testkit/docker/stack.ts';
import { type ContainerEnd, untilTold } from './container-ends.ts';
import type { ContainerWatch } from './watch-containers.ts';

export interface ComposeContainers {
  /** Runs `docker` and expects it to succeed. */
  docker(...args: string[]): Promise<void>;
  /** Returns the id of a service's only container. */
  of(service: string): Promise<string>;
  /** Kills the containers with SIGKILL. */
  kill(ids: readonly string[]): Promise<void>;
  /** Stops a container cleanly. @returns undefined when it had ended before */
  stop(id: string): Promise<ContainerEnd | undefined>;
}

/** Announces each end to the watch, so that it does not count as a death. */
export function createComposeContainers(stack: ComposeStack, { ask }: Pick<ContainerWatch, 'ask'>): ComposeContainers {
  async function docker(...args: string[]): Promise<void> {
    const { code, stderr } = await stack.run('docker', ...args);
    if (code !== 0) throw new Error(`docker ${args.join(' ')}: ${stderr}`);
  }

  async function end(ids: readonly string[], ...command: string[]): Promise<(ContainerEnd | undefined)[]> {
    const asked = ids.map(ask);
    await docker(...command, ...ids);
    return untilTold(asked);
  }

  return {
    docker,
    async of(service) {
      const [id] = (await stack.compose('ps', '--all', '--quiet', service)).split('\n');
      return id as string;
    },
    async kill(ids) {
      await end(ids, 'kill', '--signal', 'KILL');
    },
    async stop(id) {
      const [ended] = await end([id], 'stop');
      return ended;
    },
  };
}

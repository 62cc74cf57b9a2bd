import { UserError } from '../../app/lib/user-error.ts';
import type { FrontKind } from '../../testkit/fronts/front.ts';
import { run } from '../../testkit/processes/command.ts';
import { startComposeStack } from './compose/stack.ts';
import { type LocalStackOptions, startLocalStack } from './local/stack.ts';
import type { Stack } from './stack.ts';
import { startSwarmStack } from './swarm/stack.ts';

export interface StartOptions extends LocalStackOptions {
  stack: 'auto' | 'compose' | 'local' | 'swarm';
  /** For the swarm stack: the program that has the machines. */
  machines: string | undefined;
  /** The fronts that clients use; by default all of the stack's. */
  fronts: FrontKind[] | undefined;
}

/** The chosen stack does not support what was asked for. */
export class StackError extends UserError {
  override name = 'StackError';
}

const ENGINE_ANSWERS_WITHIN_MS = 5000;

/**
 * Starts the chosen stack, or the one that is available.
 *
 * @throws {StackError} when it does not have the balancer, cannot use the given database, or lacks machines
 */
export async function startStack(options: StartOptions): Promise<Stack> {
  const { stack, fronts = ['nginx', 'worker'], databaseUrl, machines } = options;
  if (stack === 'swarm') {
    if (machines === undefined)
      throw new StackError('--machines: the swarm stack needs the program that has the machines');
    if (databaseUrl !== undefined) throw new StackError('--database: the swarm stack has its own');
    if (options.fronts?.includes('worker')) throw new StackError('--front: the swarm stack has only nginx');
    return startSwarmStack({ ...options, machines });
  }
  if (machines !== undefined) throw new StackError('--machines: only the swarm stack has machines');
  const isCompose = stack === 'compose' || (stack === 'auto' && databaseUrl === undefined && (await hasEngine()));
  if (isCompose) {
    if (databaseUrl !== undefined) throw new StackError('--database: the Compose stack has its own');
    return startComposeStack({ ...options, fronts });
  }
  if (options.fronts?.includes('nginx')) throw new StackError('--front: the local stack has only the worker');
  return startLocalStack(options);
}

/** Whether a Docker engine with Compose answers. */
export async function hasEngine(): Promise<boolean> {
  return run('docker', ['compose', 'ls'], { timeoutMs: ENGINE_ANSWERS_WITHIN_MS }).then(
    () => true,
    () => false,
  );
}

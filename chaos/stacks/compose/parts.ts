import type { Stack as ComposeStack } from '../../../testkit/docker/stack.ts';
import type { FrontKind } from '../../../testkit/fronts/front.ts';
import type { RunContext } from '../stack.ts';
import type { ComposeContainers } from './containers.ts';
import type { ComposeHealth } from './health.ts';
import type { NetworkTools } from './network-tools.ts';
import type { ComposeReplicas } from './replicas.ts';
import type { ContainerWatch } from './watch-containers.ts';

/** The parts that the faults of a Compose stack use. */
export interface ComposeParts {
  stack: ComposeStack;
  containers: ComposeContainers;
  watch: ContainerWatch;
  replicas: ComposeReplicas;
  health: ComposeHealth;
  fronts: readonly FrontKind[];
  notes: RunContext;
  networkTools: NetworkTools | undefined;
}

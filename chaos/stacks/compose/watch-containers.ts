import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readLines } from '../../../cli/read-lines.ts';
import type { Stack as ComposeStack } from '../../../testkit/docker/stack.ts';
import type { RunContext } from '../stack.ts';
import { type AskedEnd, createContainerEnds } from './container-ends.ts';

/** Observes the ends of a stack's containers. */
export interface ContainerWatch {
  /** Announces that a container is about to be ended. Any other end is recorded as a death. */
  ask(containerId: string): AskedEnd;
  /** Ends, and waits until the output of all dead containers is recorded. */
  stop(): Promise<void>;
}

/** Names of containers that end by themselves when their work is done. */
const ENDING = /-(secrets|users|migrate|settings)-(run-)?\w+$/;
/** Number of log lines that are recorded of a dead container. */
const LAST_LINES = '5000';

/**
 * Watches a project's containers by the engine's events, because a container that Docker restarts shows nothing of its
 * end.
 */
export function watchContainers(project: string, stack: ComposeStack, notes: RunContext): ContainerWatch {
  const lastWords: Promise<void>[] = [];
  const ends = createContainerEnds(notes.nowMs, (id, name, { atMs, exitCode }) => {
    if (exitCode === 0 && ENDING.test(name)) return;
    notes.deaths.push({ name, atMs, how: `exited with code ${exitCode}` });
    lastWords.push(sayLastWords(id, name));
  });
  const events = followEnds(project);
  readLines(events.stdout as NonNullable<ChildProcess['stdout']>, (line) => ends.take(`${line}`));
  let isStopping = false;
  const closed = once(events, 'close').then(() => {
    // Without the events, deaths would go unseen. Record that as a death.
    if (!isStopping) notes.deaths.push({ name: 'docker events', atMs: notes.nowMs(), how: 'ended before the run did' });
    ends.lose();
  });

  async function sayLastWords(id: string, name: string): Promise<void> {
    const { stdout, stderr } = await stack.run('docker', 'logs', '--timestamps', '--tail', LAST_LINES, id);
    for (const words of [...stdout.split('\n'), ...stderr.split('\n')]) notes.say(`${name}  ${words}`);
  }

  return {
    ask: ends.ask,
    async stop() {
      isStopping = true;
      events.kill();
      await closed;
      await Promise.all(lastWords);
    },
  };
}

function followEnds(project: string): ChildProcess {
  // The containers in which an image is built have the label `project`, too, but no number.
  const labels = [`com.docker.compose.project=${project}`, 'com.docker.compose.container-number'];
  const filters = ['type=container', 'event=die', ...labels.map((label) => `label=${label}`)];
  return spawn(
    'docker',
    [
      'events',
      ...filters.flatMap((filter) => ['--filter', filter]),
      '--format',
      '{{.Actor.ID}} {{.Actor.Attributes.exitCode}} {{.Actor.Attributes.name}}',
      // Include events from now on: it may take a moment until it listens.
      '--since',
      `${Date.now() / 1000}`,
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
}

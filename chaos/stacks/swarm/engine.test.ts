import { expect, test } from 'vitest';
import { UserError } from '../../../app/lib/user-error.ts';
import { serveHttp } from '../../../testkit/http/serve.ts';
import { createEngine } from './engine.ts';

const labels = (service: string) => ({ 'com.docker.swarm.service.name': `chaos-1_${service}` });
const CONTAINERS = [
  {
    Id: 'a',
    State: 'running',
    Status: 'Up 3 minutes (healthy)',
    Labels: labels('origin'),
    NetworkSettings: {
      Networks: { 'chaos-1_back': { IPAddress: '10.0.2.3' }, 'chaos-1_front': { IPAddress: '10.0.1.3' } },
    },
  },
  { Id: 'b', State: 'exited', Status: 'Exited (137) 2 minutes ago', Labels: labels('db-1') },
  { Id: 'c', State: 'running', Status: 'Up 2 seconds (health: starting)', Labels: labels('nginx') },
];
const TASKS = [
  { DesiredState: 'running', Status: { ContainerStatus: { ContainerID: 'a' } } },
  { DesiredState: 'running', Status: {} },
];

test('reads containers and tasks from the engine', async () => {
  const asked: string[] = [];
  const address = await serveHttp(({ url = '' }, response) => {
    asked.push(decodeURIComponent(url));
    response.end(JSON.stringify(url.startsWith('/tasks') ? TASKS : CONTAINERS));
  });
  const engine = createEngine(`tcp://${address}`, 'chaos-1');
  expect(await engine.containers()).toEqual([
    { id: 'a', service: 'origin', isRunning: true, isHealthy: true, exitCode: undefined, address: '10.0.1.3' },
    { id: 'b', service: 'db-1', isRunning: false, isHealthy: false, exitCode: 137, address: undefined },
    { id: 'c', service: 'nginx', isRunning: true, isHealthy: false, exitCode: undefined, address: undefined },
  ]);
  expect(await engine.wanted('origin')).toEqual(new Set(['a']));
  expect(asked).toEqual([
    '/containers/json?all=true&filters={"label":["com.docker.stack.namespace=chaos-1"]}',
    '/tasks?filters={"service":["chaos-1_origin"],"desired-state":["running"]}',
  ]);
});

test('fails when a manager has no majority, and for an engine that it cannot ask', async () => {
  const address = await serveHttp((_, response) => response.writeHead(503).end('{"message":"no leader"}'));
  await expect(createEngine(`tcp://${address}`, 's').wanted('origin')).rejects.toThrow('no leader');
  await expect(createEngine('ssh://node1', 's').containers()).rejects.toThrow(UserError);
});

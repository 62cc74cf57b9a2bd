import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));
const REGISTRY = 'registry.example:5000';

/** Runs the script with these settings. A `docker` that cannot run takes the place of the real one, so nothing is built. */
function pushImages(settings: Record<string, string>) {
  const env = { PATH: process.env.PATH, TAG: 'test', DOCKER_HOST: 'unix:///nowhere/docker.sock', ...settings };
  return spawnSync('deploy/push-images.sh', { cwd: PROJECT, env, encoding: 'utf8' });
}

test.each([
  ['no registry', {}, 'REGISTRY: expected the host of a registry, got nothing; for example REGISTRY='],
  [
    'a registry with a scheme',
    { REGISTRY: `https://${REGISTRY}` },
    `REGISTRY: expected the host of a registry without`,
  ],
  ['a user of Docker Hub', { REGISTRY: 'somebody' }, 'got "somebody"; for example REGISTRY='],
  ['a flag for a registry', { REGISTRY: '--all-tags' }, 'REGISTRY: '],
  ['a tag that Docker does not take', { REGISTRY, TAG: 'a/b' }, 'TAG: expected up to 128 letters, digits'],
  ['a moving tag that Docker does not take', { REGISTRY, MOVING_TAG: '-x' }, 'MOVING_TAG: expected up to 128 letters'],
])('%s is an error that names the setting', (_what, settings, message) => {
  const { status, stdout, stderr } = pushImages(settings as Record<string, string>);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/^deploy\/push-images\.sh: /);
  expect(stderr).toContain(message);
});

test.each([
  'registry.example',
  'localhost',
  'localhost:5000',
  '127.0.0.1:5000',
  'registry.example/team/mooring',
  '123456789012.dkr.ecr.eu-central-1.amazonaws.com',
])('%s is a registry', (registry) => {
  const { status, stdout, stderr } = pushImages({ REGISTRY: registry, MOVING_TAG: '' });
  expect(stderr).not.toContain('REGISTRY');
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toContain('deploy/push-images.sh: docker cannot reach its engine');
});

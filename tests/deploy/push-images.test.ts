import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const REGISTRY = 'registry.example:5000';

/** Runs the script with these settings and without a Docker engine, so that nothing is built. */
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

describe('with an engine', () => {
  const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;
  const PUSHED = `${REGISTRY}/mooring-origin:test@${DIGEST}\n${REGISTRY}/mooring-edge:test@${DIGEST}\n`;

  /**
   * Runs the script with a program in place of `docker` that records its arguments and fails if they match `failing`.
   */
  function pushWith(settings: Record<string, string>, failing = 'nothing') {
    const folder = mkdtempSync(join(tmpdir(), 'mooring-docker-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const program = `#!/bin/sh
input=
case "$*" in compose*) input=$(cat) ;; esac
echo "$* $input" | tr -s '\\n ' ' ' >>'${folder}/calls'
echo >>'${folder}/calls'
case "$* $input" in *${failing}*) echo 'denied' >&2; exit 1 ;; push*) echo 'it: digest: ${DIGEST} size: 9' ;; esac
`;
    writeFileSync(join(folder, 'docker'), program, { mode: 0o755 });
    const result = pushImages({ REGISTRY, PATH: `${folder}${delimiter}${process.env.PATH}`, ...settings });
    const calls = readFileSync(join(folder, 'calls'), 'utf8')
      .replace(/^compose .* image: "(\S+)" .* dockerfile: (\S+) .* args: (.*)$/gm, 'build $1 from $2 $3')
      .split('\n')
      .map((call) => call.trim())
      .filter((call) => call !== '' && call !== 'version');
    return { ...result, calls };
  }

  test('both images are built before either is pushed, and the moving tag moves last', () => {
    const { status, stdout, calls } = pushWith({});
    expect(calls).toEqual([
      `build ${REGISTRY}/mooring-origin:test from origin/Dockerfile { APP_FOLDER: "app" }`,
      `build ${REGISTRY}/mooring-edge:test from worker/Dockerfile { APP_FOLDER: "app" }`,
      `push ${REGISTRY}/mooring-origin:test`,
      `push ${REGISTRY}/mooring-edge:test`,
      `tag ${REGISTRY}/mooring-origin:test ${REGISTRY}/mooring-origin:main`,
      `push ${REGISTRY}/mooring-origin:main`,
      `tag ${REGISTRY}/mooring-edge:test ${REGISTRY}/mooring-edge:main`,
      `push ${REGISTRY}/mooring-edge:main`,
    ]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: PUSHED });
  });

  test('both have the app of APP_FOLDER on NODE_IMAGE, and with an empty MOVING_TAG no tag moves', () => {
    const { status, calls } = pushWith({ APP_FOLDER: 'shop', NODE_IMAGE: 'node:other', MOVING_TAG: '' });
    expect(status).toBe(0);
    expect(calls).toEqual([
      `build ${REGISTRY}/mooring-origin:test from origin/Dockerfile { APP_FOLDER: "shop", NODE_IMAGE: "node:other" }`,
      `build ${REGISTRY}/mooring-edge:test from worker/Dockerfile { APP_FOLDER: "shop", NODE_IMAGE: "node:other" }`,
      `push ${REGISTRY}/mooring-origin:test`,
      `push ${REGISTRY}/mooring-edge:test`,
    ]);
  });

  test.each([
    [0, 8, 0, ''],
    [1, 4, 0, 'main was not moved: MOVE_IF exited with 1\n'],
    [2, 4, 1, 'main was not moved: MOVE_IF failed with exit code 2: see above; both images are pushed as test\n'],
    [127, 4, 1, 'main was not moved: MOVE_IF failed with exit code 127: see above; both images are pushed as test\n'],
  ])('after both pushes MOVE_IF decides by its exit code: %i', (code, count, status, message) => {
    const asked = `test "$TAG" = test && docker asked && exit ${code}`;
    const { stdout, stderr, calls, ...result } = pushWith({ MOVE_IF: asked });
    expect(calls[4]).toBe('asked');
    expect(calls).toHaveLength(count + 1);
    expect({ status: result.status, stdout }).toEqual({ status, stdout: status === 0 ? PUSHED : '' });
    expect(stderr.match(/main was not moved.*\n/)?.[0] ?? '').toBe(message);
  });

  test.each([
    ['the second build', 'worker/Dockerfile', 'mooring-edge cannot be built from worker/Dockerfile: see above', 2],
    [
      'a push',
      'push',
      `${REGISTRY}/mooring-origin:test cannot be pushed: see above; is docker logged in to ${REGISTRY}`,
      3,
    ],
  ])('the script stops when %s fails', (_what, failing, message, count) => {
    const { status, stdout, stderr, calls } = pushWith({}, failing);
    expect({ status, stdout, calls: calls.length }).toEqual({ status: 1, stdout: '', calls: count });
    expect(stderr).toContain(`denied\ndeploy/push-images.sh: ${message}`);
  });
});

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { isDockerRunning } from '../../testkit/mysql/docker.ts';
import { freePortRange } from '../../testkit/network/free-ports.ts';
import { findProgram } from '../../testkit/processes/command.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const IMAGES = ['mooring-origin', 'mooring-edge'];
/** The media types of the manifest that `docker push` writes, without and with containerd's image store. */
const MANIFESTS = [
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
].join(', ');

/** Debian's name for the program is `docker-registry`. */
const registryProgram = await findProgram('docker-registry', 'registry');
const hasEngine = await isDockerRunning();
const obstacle = !hasEngine
  ? 'no Docker engine answers'
  : registryProgram === undefined
    ? 'docker-registry is not installed'
    : undefined;
if (obstacle) {
  if (process.env.CI)
    throw new Error(`The images cannot be pushed, and with CI set their test may not be skipped: ${obstacle}`);
  console.warn(
    `deploy/push-images.sh: ${obstacle}, its test is skipped; install Docker and the package docker-registry`,
  );
}

/** Starts an empty registry that ends with the test. @returns its host and port */
async function startRegistry(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-registry-'));
  const host = `127.0.0.1:${await freePortRange(1)}`;
  const config = {
    version: 0.1,
    storage: { filesystem: { rootdirectory: join(folder, 'data') } },
    http: { addr: host },
  };
  // JSON is valid YAML.
  await writeFile(join(folder, 'config.yml'), JSON.stringify(config));
  const registry = spawn(registryProgram as string, ['serve', join(folder, 'config.yml')], { stdio: 'ignore' });
  onTestFinished(async () => {
    registry.kill();
    if (registry.exitCode === null && registry.signalCode === null) await once(registry, 'exit');
    await rm(folder, { recursive: true, force: true });
  });
  await vi.waitFor(async () => expect((await fetch(`http://${host}/v2/`)).status).toBe(200), { timeout: 30_000 });
  return host;
}

async function push(registry: string, settings: Record<string, string>) {
  const child = spawn('deploy/push-images.sh', {
    cwd: PROJECT,
    env: { ...process.env, REGISTRY: registry, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}

/** @returns the digest of the image that the registry has under this name, or the status of its error */
async function digestOf(registry: string, image: string, tag: string): Promise<string | number> {
  const response = await fetch(`http://${registry}/v2/${image}/manifests/${tag}`, { headers: { Accept: MANIFESTS } });
  return response.ok ? `${response.headers.get('Docker-Content-Digest')}` : response.status;
}

test.skipIf(obstacle)('both images are pushed under the tag and the moving tag', { timeout: 600_000 }, async () => {
  const registry = await startRegistry();
  const tags = ['first', 'second', 'main'];
  onTestFinished(() => {
    const names = IMAGES.flatMap((image) => tags.map((tag) => `${registry}/${image}:${tag}`));
    spawnSync('docker', ['image', 'rm', ...names]);
  });

  const first = await push(registry, { TAG: 'first' });
  expect(first.code, first.stderr).toBe(0);
  const lines = first.stdout.trim().split('\n');
  expect(lines.map((line) => line.replace(/@sha256:[0-9a-f]{64}$/, ''))).toEqual(
    IMAGES.map((image) => `${registry}/${image}:first`),
  );
  for (const [index, image] of IMAGES.entries()) {
    const digest = lines[index]?.split('@')[1];
    expect(await digestOf(registry, image, 'first')).toBe(digest);
    expect(await digestOf(registry, image, 'main')).toBe(digest);
  }

  // The label makes this a different image.
  const second = await push(registry, { TAG: 'second', MOVING_TAG: '' });
  expect(second.code, second.stderr).toBe(0);
  for (const [index, image] of IMAGES.entries()) {
    expect(await digestOf(registry, image, 'second')).toBe(second.stdout.trim().split('\n')[index]?.split('@')[1]);
    expect(await digestOf(registry, image, 'main')).toBe(await digestOf(registry, image, 'first'));
    expect(await digestOf(registry, image, 'main')).not.toBe(await digestOf(registry, image, 'second'));
  }
});

test.skipIf(obstacle)(
  'a registry that does not answer is an error that names the image',
  { timeout: 600_000 },
  async () => {
    const registry = `127.0.0.1:${await freePortRange(1)}`;
    onTestFinished(
      () => void spawnSync('docker', ['image', 'rm', ...IMAGES.map((image) => `${registry}/${image}:test`)]),
    );
    const { code, stdout, stderr } = await push(registry, { TAG: 'test' });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(`deploy/push-images.sh: ${registry}/mooring-origin:test cannot be pushed: see above`);
  },
);

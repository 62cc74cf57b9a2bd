import { fileURLToPath } from 'node:url';
import { run } from '../processes/command.ts';
import { hasImage } from './image.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/any-image', import.meta.url));

/** Debian's Python, for when the image is not available. */
const PYTHON_STAND_IN = `FROM node:24-slim
RUN apt-get -o Acquire::Check-Valid-Until=false update \
 && apt-get install --yes --no-install-recommends python3
ENTRYPOINT []
`;

/** Builds the image of `examples/any-image` under this name. */
export async function buildExampleImage(tag: string, version: number): Promise<void> {
  const args = [`PYTHON_IMAGE=${await pythonImage()}`, `VERSION=${version}`].flatMap((arg) => ['--build-arg', arg]);
  await run('docker', ['build', '--quiet', '--tag', tag, ...args, EXAMPLE], { timeoutMs: 60_000 });
}

async function pythonImage(): Promise<string> {
  const official = 'python:3.13-slim';
  if (await hasImage(official, { pull: true })) return official;
  const tag = 'mooring-test-python';
  if (await hasImage(tag, { pull: false })) return tag;
  await run('sh', ['-c', `docker build --quiet --tag ${tag} - <<'DOCKERFILE'\n${PYTHON_STAND_IN}DOCKERFILE`], {
    timeoutMs: 180_000,
  });
  return tag;
}

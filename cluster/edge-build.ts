import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundleEdge } from './edge-bundle.ts';
import { findWorkerd } from './find-workerd.ts';

// Writes all that the edge's container runs into a folder, so that it needs no packages: `node cluster/edge-build.ts FOLDER`.
const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('Usage: node cluster/edge-build.ts FOLDER');
  process.exit(2);
}
await mkdir(folder, { recursive: true });
await copyFile(findWorkerd(), join(folder, 'workerd'));
await writeFile(join(folder, 'bundle.json'), JSON.stringify(await bundleEdge()));
await build({
  entryPoints: [fileURLToPath(new URL('edge-container.ts', import.meta.url))],
  bundle: true,
  outfile: join(folder, 'edge.js'),
  platform: 'node',
  format: 'esm',
  target: 'node24',
  tsconfigRaw: '{}',
});
await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n');

import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { parseSettings } from '../../app/lib/settings.ts';
import { APP_FOLDER } from '../../cli/app-folder.ts';
import { runMain, UsageError } from '../../cli/run-main.ts';
import { bundleEdge } from './bundle.ts';
import { findWorkerd } from './find-workerd.ts';

const USAGE = `Usage: node worker/host/build.ts FOLDER

Writes everything that the edge's container runs into FOLDER, so that the image needs no packages. APP_FOLDER names the folder
of the app.

Options:
  --help  show this
`;

async function main(args: string[]): Promise<void> {
  const [folder, ...rest] = args;
  if (folder === undefined || folder.startsWith('-') || rest.length > 0) {
    throw new UsageError(`expected one FOLDER, got ${args.length === 0 ? 'nothing' : args.join(' ')}`, USAGE);
  }
  const { APP_FOLDER: appFolder } = parseSettings({ APP_FOLDER }, process.env);
  await mkdir(folder, { recursive: true });
  await copyFile(findWorkerd(), join(folder, 'workerd'));
  await writeFile(join(folder, 'bundle.json'), JSON.stringify(await bundleEdge(appFolder)));
  await build({
    entryPoints: [fileURLToPath(new URL('container.ts', import.meta.url))],
    bundle: true,
    outfile: join(folder, 'edge.js'),
    platform: 'node',
    format: 'esm',
    target: 'node24',
    // The metrics' library is CommonJS, and requires Node's modules.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    tsconfigRaw: '{}',
  });
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n');
}

await runMain({ name: 'mooring edge-build', usage: USAGE, main });

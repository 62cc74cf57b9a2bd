import { fileURLToPath } from 'node:url';
import { createCommandLine } from '../../cli/command-line.ts';
import { toggle } from '../../cli/flags.ts';
import { runMain } from '../../cli/run-main.ts';
import { generateBlocks } from './blocks.ts';
import { PAGES, updatePages } from './update-pages.ts';

const commandLine = createCommandLine({
  command: 'npm run generate:docs',
  synopsis: '[-- --check]',
  about:
    'Writes the reference tables and help texts in README.md and docs/, between <!-- generated: NAME --> and <!-- end -->, from the code.',
  flags: { check: toggle('write nothing; exit with 1 if a page is stale') },
});

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

async function main(args: string[]): Promise<void> {
  const { check } = commandLine.parse(args).flags;
  const stale = updatePages({ folder: PROJECT, pages: PAGES, contents: await generateBlocks(), mayWrite: !check });
  for (const { path, stale: blocks } of stale) {
    if (check) console.error(`${path}: stale: ${blocks.join(', ')}`);
    else console.log(`${path}: updated ${blocks.join(', ')}`);
  }
  if (check && stale.length > 0) {
    console.error('The generated parts of the pages differ from the code: run npm run generate:docs');
    process.exitCode = 1;
  }
}

await runMain({ name: 'mooring docs', usage: commandLine.usage, main });

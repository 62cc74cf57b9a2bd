import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { fillBlocks } from './fill-blocks.ts';

/** The pages of the project that have generated parts. */
export const PAGES = ['README.md', 'docs/*.md'];

export interface UpdatePagesOptions {
  folder: string;
  /** Patterns of the paths in that folder. */
  pages: string[];
  /** The current content of each block, by name. */
  contents: ReadonlyMap<string, string>;
  /** Whether stale pages are written; otherwise they are only found. */
  mayWrite: boolean;
}

/**
 * Finds the pages with stale blocks, and writes them where that is allowed.
 *
 * @returns the stale pages, each with the names of its stale blocks
 * @throws {Error} when a page has an unknown block or one without an end, or when a block is in no page
 */
export function updatePages({
  folder,
  pages: patterns,
  contents,
  mayWrite,
}: UpdatePagesOptions): { path: string; stale: string[] }[] {
  const used = new Set<string>();
  const pages = globSync(patterns, { cwd: folder }).sort();
  const updated = pages.map((path) => {
    const file = `${folder}/${path}`;
    const page = readFileSync(file, 'utf8');
    try {
      const { text, names, stale } = fillBlocks(page, contents);
      for (const name of names) used.add(name);
      if (mayWrite && stale.length > 0) writeFileSync(file, text);
      return { path, stale };
    } catch (error) {
      throw new Error(`${path}: ${(error as Error).message}`, { cause: error });
    }
  });
  const unused = [...contents.keys()].filter((name) => !used.has(name));
  if (unused.length > 0) throw new Error(`no page has the block ${unused.join(', ')}`);
  return updated.filter(({ stale }) => stale.length > 0);
}

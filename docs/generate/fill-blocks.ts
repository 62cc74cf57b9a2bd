/** A page and what was found in it. */
export interface FilledPage {
  /** The page with current blocks. */
  text: string;
  /** The blocks the page has, in order. */
  names: string[];
  /** Those whose content was not current. */
  stale: string[];
}

const BLOCK = /<!-- generated: (\S+) -->\n(.*?)<!-- end -->/gs;

/**
 * Returns the page with every block between `<!-- generated: NAME -->` and `<!-- end -->` replaced by its current content.
 *
 * @throws {Error} when a block is unknown, or has no end
 */
export function fillBlocks(page: string, contents: ReadonlyMap<string, string>): FilledPage {
  const names: string[] = [];
  const stale: string[] = [];
  const text = page.replace(BLOCK, (all, name: string) => {
    const content = contents.get(name);
    if (content === undefined) {
      throw new Error(`unknown block "${name}"; expected one of ${[...contents.keys()].join(', ')}`);
    }
    if (all.includes('<!-- generated:', 1)) throw new Error(`block "${name}" has no <!-- end -->`);
    const block = `<!-- generated: ${name} -->\n\n${content}\n\n<!-- end -->`;
    names.push(name);
    if (block !== all) stale.push(name);
    return block;
  });
  const opened = page.split('<!-- generated:').length - 1;
  if (opened !== names.length) throw new Error('a block has no <!-- end -->');
  return { text, names, stale };
}

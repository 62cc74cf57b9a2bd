/** Returns a table in Markdown. The cells are Markdown, too. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = `|${'---|'.repeat(header.length)}`;
  return [line(header), rule, ...rows.map(line)].join('\n');
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

const ROW_BYTES = 16;
const MOST_ROWS = 48;

/** Formats bytes as hexadecimal numbers and characters, 16 in a row. Repeated rows are replaced by `*`. */
export function hexDump(bytes: Buffer): string {
  const lines: string[] = [];
  let last = '';
  for (let at = 0; at < bytes.length && lines.length < MOST_ROWS; at += ROW_BYTES) {
    const row = bytes.subarray(at, at + ROW_BYTES);
    const hex = row.toString('hex').replace(/..(?!$)/g, '$& ');
    if (hex !== last)
      lines.push(`  ${hexOf(at)}  ${hex.padEnd(3 * ROW_BYTES)} ${row.toString('latin1').replace(/[^ -~]/g, '.')}`);
    else if (lines.at(-1) !== '  *') lines.push('  *');
    last = hex;
  }
  return [...lines, `  ${hexOf(bytes.length)}`].join('\n');
}

function hexOf(offset: number): string {
  return offset.toString(16).padStart(6, '0');
}

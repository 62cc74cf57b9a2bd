/**
 * Huffman codes of printable characters (RFC 7541 appendix B). Codes of the same length are consecutive, starting with
 * the first.
 */
const CODES: [bits: number, first: number, characters: string][] = [
  [5, 0x00, '012aceiost'],
  [6, 0x14, ' %-./3456789=A_bdfghlmnpru'],
  [7, 0x5c, ':BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz'],
  [8, 0xf8, '&*,;XZ'],
  [10, 0x3f8, '!"()?'],
  [11, 0x7fa, "'+|"],
  [12, 0xffa, '#>'],
  [13, 0x1ff9, '$@[]~'],
  [14, 0x3ffc, '^}'],
  [15, 0x7ffc, '<`{'],
  [19, 0x7fff0, '\\'],
];
const LONGEST = 19;

const characters = new Map(
  CODES.flatMap(([bits, first, text]) => [...text].map((character, nth) => [`${bits}:${first + nth}`, character])),
);

/**
 * Decodes a string of printable characters.
 *
 * @throws when it contains another character
 */
export function decodeHuffman(bytes: Buffer): string {
  let text = '';
  let [code, bits] = [0, 0];
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit--) {
      code = code * 2 + ((byte >> bit) & 1);
      bits++;
      const character = characters.get(`${bits}:${code}`);
      if (character !== undefined) {
        text += character;
        [code, bits] = [0, 0];
      } else if (bits > LONGEST) throw new Error('a header has a character that is not printable');
    }
  }
  return text;
}

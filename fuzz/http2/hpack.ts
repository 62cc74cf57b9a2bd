import { decodeHuffman } from './huffman.ts';

export type HeaderList = readonly (readonly [name: string, value: string])[];

/** Static table (RFC 7541 appendix A): names by index, with the values of those that have one. */
const STATIC =
  `:authority|:method=GET|:method=POST|:path=/|:path=/index.html|:scheme=http|:scheme=https|:status=200|:status=204|\
:status=206|:status=304|:status=400|:status=404|:status=500|accept-charset|accept-encoding=gzip, deflate|accept-language|\
accept-ranges|accept|access-control-allow-origin|age|allow|authorization|cache-control|content-disposition|content-encoding|\
content-language|content-length|content-location|content-range|content-type|cookie|date|etag|expect|expires|from|host|if-match|\
if-modified-since|if-none-match|if-range|if-unmodified-since|last-modified|link|location|max-forwards|proxy-authenticate|\
proxy-authorization|range|referer|refresh|retry-after|server|set-cookie|strict-transport-security|transfer-encoding|user-agent|\
vary|via|www-authenticate`
    .split('|')
    .map((entry) => {
      const [, name, value = ''] = entry.match(/^(:?[^=]+)(?:=(.*))?$/) as RegExpMatchArray;
      return [name as string, value] as const;
    });

/** Index of the dynamic table's first entry. */
export const FIRST_DYNAMIC = STATIC.length + 1;

/**
 * Encodes an integer into the low bits of a byte with the given high bits, and further bytes (RFC 7541 section 5.1).
 */
export function integer(value: number, prefixBits: number, high = 0): Buffer {
  const most = 2 ** prefixBits - 1;
  if (value < most) return Buffer.of(high | value);
  const bytes = [high | most];
  let rest = value - most;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

/** Encodes a header literally, without Huffman coding. It is added to the dynamic table only with `isIndexed`. */
export function literal(name: string, value: string, { isIndexed = false } = {}): Buffer {
  const text = (part: string) => [integer(Buffer.byteLength(part, 'latin1'), 7), Buffer.from(part, 'latin1')];
  return Buffer.concat([Buffer.of(isIndexed ? 0x40 : 0x00), ...text(name), ...text(value)]);
}

export function encodeHeaders(headers: HeaderList): Buffer {
  return Buffer.concat(headers.map(([name, value]) => literal(name, value)));
}

/**
 * Decodes the headers of a response from a server without a dynamic table, such as Nginx.
 *
 * @throws when the headers use such a table or are malformed
 */
export function decodeHeaders(block: Buffer): [name: string, value: string][] {
  const headers: [string, string][] = [];
  let at = 0;

  function takeInteger(prefixBits: number): number {
    const most = 2 ** prefixBits - 1;
    let value = takeByte() & most;
    if (value < most) return value;
    for (let shift = 1; ; shift *= 128) {
      const byte = takeByte();
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  }
  function takeByte(): number {
    const byte = block[at++];
    if (byte === undefined) throw new Error('a header block ends too early');
    return byte;
  }
  function takeText(): string {
    const isHuffman = ((block[at] ?? 0) & 0x80) !== 0;
    const length = takeInteger(7);
    const bytes = block.subarray(at, at + length);
    if (bytes.length < length) throw new Error('a header block ends too early');
    at += length;
    return isHuffman ? decodeHuffman(bytes) : bytes.toString('latin1');
  }
  function entry(index: number): readonly [string, string] {
    const found = STATIC[index - 1];
    if (!found) throw new Error(`a header has the index ${index}`);
    return found;
  }

  while (at < block.length) {
    const first = block[at] as number;
    if (first & 0x80) headers.push([...entry(takeInteger(7))]);
    else if ((first & 0xe0) === 0x20) takeInteger(5);
    else {
      const index = takeInteger((first & 0xc0) === 0x40 ? 6 : 4);
      const name = index === 0 ? takeText() : entry(index)[0];
      headers.push([name, takeText()]);
    }
  }
  return headers;
}

/** Nginx's limit. A replica takes 72 KiB, which leaves room for the headers that the edge adds. */
export const MAX_HEADER_BYTES = 64 * 1024;

/** Nginx's limit. A replica takes more. */
export const MAX_HEADERS = 1000;

/**
 * Whether target and headers exceed what a replica accepts. The runtime accepts more, and a replica that rejects a
 * request while it is still being sent may look like a failed peer.
 */
export function exceedsHeaderLimits({ url, headers }: Request): boolean {
  let [bytes, count] = [url.length, 0];
  headers.forEach((value, name) => {
    bytes += name.length + value.length + ': \r\n'.length;
    count++;
  });
  return bytes > MAX_HEADER_BYTES || count > MAX_HEADERS;
}

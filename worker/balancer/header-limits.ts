/** As much as Nginx passes on; less than the 72 KiB a replica takes, by what the edge adds. */
export const MAX_HEADER_BYTES = 64 * 1024;

/** As many as Nginx takes; a replica takes more. */
export const MAX_HEADERS = 1000;

/**
 * Whether a request's target and headers are more than a replica takes. The runtime takes more, and a replica that
 * refuses a request while it is still being sent may look as if it had failed.
 */
export function exceedsHeaderLimits({ url, headers }: Request): boolean {
  let [bytes, count] = [url.length, 0];
  headers.forEach((value, name) => {
    bytes += name.length + value.length + ': \r\n'.length;
    count++;
  });
  return bytes > MAX_HEADER_BYTES || count > MAX_HEADERS;
}

import { isUtf8 } from 'node:buffer';

/** No control characters of ASCII or C1, which terminals interpret, and no Unicode line separators. */
const PLAIN = /^[ -~\u00a0-\u2027\u202a-\uffff]*$/;
const WITHOUT_CONTROLS = /^[ -~\u0080-\uffff]*$/;

/** Whether a log line contains no ASCII control character. */
export function isWithoutControls(line: string): boolean {
  return WITHOUT_CONTROLS.test(line);
}

/**
 * Returns what is wrong with a log line (without its line end).
 *
 * @returns undefined when it is one line of JSON in UTF-8 without control characters
 */
export function logLineProblem(line: Buffer): string | undefined {
  if (!isUtf8(line)) return 'a line of the log is not UTF-8';
  const text = line.toString();
  if (!PLAIN.test(text)) return 'a line of the log has a raw control character';
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    return 'a line of the log is not JSON';
  }
}

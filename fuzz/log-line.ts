import { isUtf8 } from 'node:buffer';

/** No control characters of either set, which a terminal acts on, nor Unicode's own ends of a line. */
const PLAIN = /^[ -~\u00a0-\u2027\u202a-\uffff]*$/;
const WITHOUT_CONTROLS = /^[ -~\u0080-\uffff]*$/;

/** Whether a line of a log has no control character of ASCII. */
export function isWithoutControls(line: string): boolean {
  return WITHOUT_CONTROLS.test(line);
}

/**
 * What is wrong with a line of a log, its end left out.
 *
 * @returns undefined when it is one line of JSON in UTF-8 in which nothing is a control character
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

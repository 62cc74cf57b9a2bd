import { type IncomingMessage, ServerResponse } from 'node:http';
import { NOSNIFF } from '../app/http/nosniff.ts';

const [NAME] = NOSNIFF;
const LOWER_CASE_NAME = NAME.toLowerCase();

/** Node's response with `nosniff`, also where no app makes the answer: without a `Host` header Node answers 400 by itself. */
export class NosniffResponse<Request extends IncomingMessage> extends ServerResponse<Request> {
  override writeHead(statusCode: number, ...rest: unknown[]): this {
    // An app's answer has it already. To set it here as well would make Node merge all headers one by one.
    if (!hasNosniff(rest.at(-1))) this.setHeader(...NOSNIFF);
    return Reflect.apply(super.writeHead, this, [statusCode, ...rest]);
  }
}

function hasNosniff(headers: unknown): boolean {
  return typeof headers === 'object' && headers !== null && (NAME in headers || LOWER_CASE_NAME in headers);
}

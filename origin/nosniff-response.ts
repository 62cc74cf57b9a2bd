import { type IncomingMessage, ServerResponse } from 'node:http';
import { NOSNIFF } from '../app/http/nosniff.ts';

const [NAME] = NOSNIFF;
const LOWER_CASE_NAME = NAME.toLowerCase();

/** Adds `nosniff` to every response, also to those that Node sends without the app: the 400 for a missing `Host` header. */
export class NosniffResponse<Request extends IncomingMessage> extends ServerResponse<Request> {
  override writeHead(statusCode: number, ...rest: unknown[]): this {
    // The app's responses have the header already. Setting it here as well would make Node merge all headers one by one.
    if (!hasNosniff(rest.at(-1))) this.setHeader(...NOSNIFF);
    return Reflect.apply(super.writeHead, this, [statusCode, ...rest]);
  }
}

function hasNosniff(headers: unknown): boolean {
  return typeof headers === 'object' && headers !== null && (NAME in headers || LOWER_CASE_NAME in headers);
}

import { type HttpCase, request } from './http-case.ts';

const [TEXT, JSON_TYPE, HTML] = ['text/plain', 'application/json', 'text/html'];

const PREFERRED: [accept: string, type: string][] = [
  ['text/html', HTML],
  ['text/html, */*', HTML],
  ['TEXT/HTML', HTML],
  ['application/xhtml+xml,text/html;q=0.9,*/*;q=0.8', HTML],
  ['text/html;q=0', TEXT],
  ['text/html;q=0.0, text/plain', TEXT],
  ['text/html ; q=0', TEXT],
  ['text/html;level=1;q=0', TEXT],
  ['text/html;q=0, application/json', JSON_TYPE],
  ['application/json', JSON_TYPE],
  ['application/json;q=0', TEXT],
  ['application/json;q=0, text/html', HTML],
  ['application/json;q=0.1, text/html', HTML],
  ['application/json;q=0.9, text/html;q=0.5', JSON_TYPE],
  ['text/html;q=0.5, application/json;q=0.9', JSON_TYPE],
  ['text/html;q=1.0, application/json', HTML],
  ['application/json, text/html', JSON_TYPE],
  ['text/plain, text/html', TEXT],
  ['text/plain;q=0.2, text/html;q=0.3', HTML],
  ['text/html;q=0.01', HTML],
  ['text/html5', TEXT],
  ['x/text/html', TEXT],
  ['*/*', TEXT],
  ['text/*', TEXT],
  ['image/png', TEXT],
  [';;;q=,,,', TEXT],
  ['', TEXT],
];

/** A front's own error is in the type that the client prefers (RFC 9110 section 12.5.1). */
export const errorCases: HttpCase[] = PREFERRED.map(([accept, type]) => ({
  name: `B11: a 502 for Accept: ${accept}`,
  sends: request('GET /', `Accept: ${accept}`),
  answers: { bytes: '', closes: true },
  gets: `502\nContent-Type: ${type}`,
}));

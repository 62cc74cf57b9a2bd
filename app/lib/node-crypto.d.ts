/** The part of Node's crypto that the shared code uses; workerd provides it with `nodejs_compat`. */
declare module 'node:crypto' {
  /** Returns the digest in hexadecimal unless another encoding is asked for. */
  export function hash(algorithm: string, text: string, encoding?: 'hex' | 'base64'): string;
}

/** The part of Node's crypto that the shared code uses; workerd provides it with `nodejs_compat`. */
declare module 'node:crypto' {
  export function createHash(algorithm: string): {
    update(text: string): { digest(encoding: 'hex' | 'base64'): string };
  };
}

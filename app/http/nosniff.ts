/** On every response: browsers must not guess a type other than the `Content-Type`. */
export const NOSNIFF = ['X-Content-Type-Options', 'nosniff'] as const;

/** The header with which every answer says that browsers must not guess another type than its `Content-Type`. */
export const NOSNIFF = ['X-Content-Type-Options', 'nosniff'] as const;

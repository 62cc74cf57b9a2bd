import type { html } from 'hono/html';

/** Markup that is safe to send, from a template literal of `html`. */
export type Html = ReturnType<typeof html>;

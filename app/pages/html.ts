import type { html } from 'hono/html';

/** Markup that is safe to send: what `html` makes of a template. */
export type Html = ReturnType<typeof html>;

import { html } from 'hono/html';
import type { Html } from './html.ts';

export interface LayoutOptions {
  title: string;
  main: Html;
}

/** What all pages have in common. */
export function layout({ title, main }: LayoutOptions): Html {
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title}</title>
  </head>
  <body>
    <main>${main}</main>
  </body>
</html>`;
}

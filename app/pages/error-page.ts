import { html } from 'hono/html';
import type { Html } from './html.ts';
import { layout, type PageContext } from './layout.ts';

export interface ShownError {
  status: number;
  message: string;
}

export function errorPage({ status, message }: ShownError, context: PageContext): Html {
  return layout({
    ...context,
    title: `${status}: ${message.replace(/\.$/, '')} · Mooring`,
    main: html`<section class="card error">
<p class="eyebrow">${status}</p>
<h1>${message}</h1>
<p>${ADVICE[status] ?? (status >= 500 ? 'Please try again in a moment.' : '')}</p>
<p><a class="button" href="/">Visit Mooring</a></p>
</section>`,
  });
}

const ADVICE: Readonly<Record<number, string>> = {
  401: 'Load this page again to be asked for the password, which is the token.',
  404: 'Links of this site are above.',
};

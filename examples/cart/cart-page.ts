import { html } from 'hono/html';
import type { AffinityVerdict } from '../../app/affinity/verdict.ts';
import type { Html } from '../../app/pages/html.ts';
import { layout, type PageContext } from '../../app/pages/layout.ts';

/** Prices in cents, by product. */
export const PRODUCTS: Readonly<Record<string, number>> = { rope: 1250, anchor: 8900, lantern: 3400 };

type Items = Readonly<Record<string, number>>;

export interface ShownCart {
  id: string | undefined;
  items: Items;
  affinity: AffinityVerdict;
  readFrom: 'memory' | 'database' | undefined;
}

export function totalCents(items: Items): number {
  return Object.entries(items).reduce((sum, [name, count]) => sum + count * (PRODUCTS[name] ?? 0), 0);
}

const euros = (cents: number) => `€ ${(cents / 100).toFixed(2)}`;

const list = (items: Items) =>
  html`<ul>${Object.entries(items).map(([name, count]) => html`<li>${count} × ${name}</li>`)}</ul>`;

export function cartPage({ id, items, affinity, readFrom }: ShownCart, page: PageContext): Html {
  const total = totalCents(items);
  return layout({
    ...page,
    title: 'Cart',
    main: html`<section class="card">
<h1>Cart</h1>
<form action="/add" method="post">
${Object.entries(PRODUCTS).map(([name, cents]) => html`<button name="product" value="${name}">${name}, ${euros(cents)}</button> `)}
</form>
${total === 0 ? html`<p>The cart is empty.</p>` : list(items)}
${id && total > 0 && html`<form action="/order" method="post"><input type="hidden" name="cart" value="${id}"><button class="primary">Order for ${euros(total)}</button></form>`}
<p class="hint">Affinity: ${affinity}. The cart was read from ${readFrom === 'memory' ? "this replica's memory" : (readFrom ?? 'nowhere: there is none yet')}.</p>
</section>`,
  });
}

export function orderPage({ items, cents }: { items: Items; cents: number }, page: PageContext): Html {
  const main = html`<section class="card"><h1>Thank you</h1>${list(items)}<p>${euros(cents)}</p><p><a href="/">Back to the cart</a></p></section>`;
  return layout({ ...page, title: 'Order', main });
}

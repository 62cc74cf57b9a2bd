import { html } from 'hono/html';
import type { AssetHref, AssetName } from './assets.ts';
import type { Html } from './html.ts';
import { symbols } from './symbols.ts';

/** What every page needs from the app that serves it. */
export interface PageContext {
  asset: AssetHref;
  /** Whether `GET /` is the page of a visit. */
  hasVisits: boolean;
  hasDashboard: boolean;
}

export interface LayoutOptions extends PageContext {
  title: string;
  /** The navigation entry of this page. */
  here?: 'visit' | 'dashboard';
  styles?: AssetName[];
  /** Programs load first, then the module that uses them. */
  programs?: AssetName[];
  module?: AssetName;
  head?: Html;
  main: Html;
}

/** Renders the HTML document around a page's content. */
export function layout(options: LayoutOptions): Html {
  const { title, here, styles = [], programs = [], module, head, main, asset, hasVisits, hasDashboard } = options;
  const link = (name: typeof here, href: string, text: string) =>
    html`<a href="${href}"${here === name ? html` aria-current="page"` : ''}>${text}</a>`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="${asset('mooring.svg')}" type="image/svg+xml">
${(['mooring.css', ...styles] as const).map((name) => html`<link rel="stylesheet" href="${asset(name)}">\n`)}
${programs.map((name) => html`<script src="${asset(name)}" defer></script>\n`)}
${module && html`<script src="${asset(module)}" type="module"></script>`}
${head}
</head>
<body>
${symbols}
<a class="skip" href="#main">Skip to the content</a>
<header class="top">
<div class="wrap">
<p class="brand"><svg class="mark" aria-hidden="true"><use href="#mark"/></svg>Mooring</p>
<nav aria-label="Pages">${hasVisits && link('visit', '/', 'Visit')}${hasDashboard && link('dashboard', '/dashboard', 'Dashboard')}</nav>
</div>
</header>
<main class="wrap" id="main" tabindex="-1">
${main}
</main>
</body>
</html>
`;
}

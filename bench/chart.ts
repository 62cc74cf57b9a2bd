import type { Table } from './report.ts';
import { short } from './table.ts';

const WIDTH = 760;
const LABEL_WIDTH = 290;
const BAR_WIDTH = 340;
const LINE_HEIGHT = 26;
const TOP = 50;

/**
 * Returns an SVG chart of a table: the visits per second as bars relative to the first row, with minimum and maximum of
 * all rounds.
 */
export function chartOf({ title, rows }: Pick<Table, 'title' | 'rows'>): string {
  const shown = rows.filter(({ figures }) => figures.ratio);
  const most = Math.max(...shown.map(({ figures }) => figures.ratio?.max ?? 0));
  const x = (ratio: number) => (LABEL_WIDTH + (ratio / most) * BAR_WIDTH).toFixed(1);
  const bars = shown.map(({ name, figures }, index) => {
    const { median, min, max } = figures.ratio as NonNullable<typeof figures.ratio>;
    const middle = TOP + index * LINE_HEIGHT + LINE_HEIGHT / 2;
    return `  <g class="${index === 0 ? 'first' : 'other'}">
    <text x="${LABEL_WIDTH - 8}" y="${middle + 4}" text-anchor="end">${escapeText(name)}</text>
    <rect x="${LABEL_WIDTH}" y="${middle - 8}" width="${((median / most) * BAR_WIDTH).toFixed(1)}" height="16" rx="2"/>
    <path d="M${x(min)} ${middle}H${x(max)}M${x(min)} ${middle - 4}v8M${x(max)} ${middle - 4}v8"/>
    <text x="${LABEL_WIDTH + BAR_WIDTH + 10}" y="${middle + 4}">${short(median)}</text>
  </g>`;
  });
  const height = TOP + shown.length * LINE_HEIGHT + 12;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title">
  <title id="title">${escapeText(title)}: visits per second against ${escapeText(shown[0]?.name ?? '')}</title>
  <style>
    text { font: 13px system-ui, sans-serif; fill: #1f2933; }
    .heading { font-weight: 600; font-size: 15px; }
    rect { fill: #9fb3c8; }
    .first rect { fill: #0b6e99; }
    path { stroke: #1f2933; fill: none; }
    @media (prefers-color-scheme: dark) {
      text { fill: #e4e7eb; }
      rect { fill: #52667a; }
      .first rect { fill: #38a3d1; }
      path { stroke: #e4e7eb; }
    }
  </style>
  <text class="heading" x="12" y="26">${escapeText(title)}: visits per second against the first row</text>
${bars.join('\n')}
</svg>
`;
}

function escapeText(text: string): string {
  return text.replaceAll('`', '').replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

import type { Setting } from '../../app/lib/settings.ts';

/** The README's table of some settings, made from the code. */
export function settingsTable(settings: Record<string, Setting<unknown>>): string {
  const rows = Object.entries(settings).map(([name, { about, default: value, defaultText }]) => {
    const fallback = defaultText ?? (value === undefined ? 'none' : `\`${value}\``);
    return `| \`${name}\` | ${fallback} | ${about} |`;
  });
  return ['| Variable | Default | What it does |', '|---|---|---|', ...rows].join('\n');
}

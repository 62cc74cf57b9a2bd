import type { Setting } from '../../app/lib/settings.ts';
import { markdownTable } from '../../testkit/prose/markdown-table.ts';

/** Returns a Markdown table of settings: name, default and what each does. */
export function settingsTable(settings: Record<string, Setting<unknown>>): string {
  const rows = Object.entries(settings).map(([name, setting]) => [
    `\`${name}\``,
    defaultOf(setting),
    linkPages(setting.about),
  ]);
  return markdownTable(['Variable', 'Default', 'What it does'], rows);
}

/** Returns a setting's default as Markdown. */
export function defaultOf({ default: value, defaultText }: Setting<unknown>): string {
  return defaultText ?? (value === undefined ? 'none' : `\`${value}\``);
}

/** Turns the path of a page, as `--help` shows it, into a link that works in a page of the same folder. */
function linkPages(text: string): string {
  return text.replace(/docs\/([\w-]+\.md)/g, '[docs/$1]($1)');
}

import type { Setting } from '../app/lib/settings.ts';

/**
 * Returns the end of a usage text: what each setting of a program does, and its default.
 *
 * @param fileSettings the settings that may come from a file instead
 */
export function settingsUsage(
  settings: Readonly<Record<string, Setting<unknown>>>,
  fileSettings: readonly string[],
): string {
  const paragraphs = Object.entries(settings).map(([name, { about, default: value, defaultText }]) => {
    const file = fileSettings.includes(name) ? ` Or ${name}_FILE, a file that holds it.` : '';
    const fallback = defaultText ?? (value === undefined ? 'none' : `${value}`);
    return `  ${name}\n      ${about}${file}\n      Default: ${fallback}`;
  });
  return `Settings, as environment variables:\n${paragraphs.join('\n').replaceAll('`', '')}`;
}

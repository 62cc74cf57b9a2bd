import { readFileSync } from 'node:fs';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** Returns the `--help` text of a script without running it, because not every machine has Bash. */
export function scriptUsage(script: `${string}.sh`): string {
  const source = read(script);
  const text = source.match(/cat <<USAGE\n(.*?)\nUSAGE/s)?.[1];
  if (text === undefined) throw new Error(`${script}: no usage between cat <<USAGE and USAGE`);
  const numbers = `${source}\n${read('deploy/stack.sh')}`;
  return text.replace(/\$([A-Z_]+)/g, (_all, name) => {
    const value = numbers.match(new RegExp(`^${name}=(\\d+)$`, 'm'))?.[1];
    if (value === undefined) throw new Error(`${script}: no number ${name}`);
    return value;
  });
}

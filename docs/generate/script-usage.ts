import { readFileSync } from 'node:fs';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** Returns the `--help` text of a script without running it, because not every machine has Bash. */
export function scriptUsage(script: 'scale.sh' | 'update.sh' | 'deploy/push-images.sh'): string {
  const text = read(script).match(/cat <<USAGE\n(.*?)\nUSAGE/s)?.[1];
  if (text === undefined) throw new Error(`${script}: no usage between cat <<USAGE and USAGE`);
  const shared = read('deploy/stack.sh');
  return text.replace(/\$([A-Z_]+)/g, (_all, name) => {
    const value = shared.match(new RegExp(`^${name}=(\\d+)$`, 'm'))?.[1];
    if (value === undefined) throw new Error(`deploy/stack.sh: no number ${name}`);
    return value;
  });
}

import { run } from '../processes/command.ts';

/** Whether Docker runs here and has the image, or can pull it if `pull` is set. */
export async function hasImage(image: string, { pull }: { pull: boolean }): Promise<boolean> {
  const ways = [['image', 'inspect', image], ...(pull ? [['pull', '--quiet', image]] : [])];
  for (const way of ways) {
    const isThere = await run('docker', way, { timeoutMs: 60_000 }).then(
      () => true,
      () => false,
    );
    if (isThere) return true;
  }
  return false;
}

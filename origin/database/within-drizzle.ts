import { registerHooks } from 'node:module';

const DRIZZLE = '/node_modules/drizzle-orm/';

/**
 * Runs `load`, which imports modules that use Drizzle, in a tenth of the time and with 200 MB less. For each module of a
 * package, Node parses the package's package.json to find out the module's format. Drizzle's package.json lists all of its
 * files, 180 kB, and there are hundreds of modules. They all have the same format, and import each other by path.
 */
export async function withFastDrizzleResolution<T>(load: () => Promise<T>): Promise<T> {
  const hooks = registerHooks({
    resolve(specifier, context, nextResolve) {
      const { parentURL } = context;
      const isWithin = parentURL?.includes(DRIZZLE) && isScript(parentURL) && isScript(specifier);
      if (!isWithin || !specifier.startsWith('.')) return nextResolve(specifier, context);
      return { url: new URL(specifier, parentURL).href, format: 'module', shortCircuit: true };
    },
  });
  try {
    return await load();
  } finally {
    hooks.deregister();
  }
}

/** Drizzle's CommonJS versions end in `.cjs`. */
function isScript(path: string): boolean {
  return path.endsWith('.js');
}

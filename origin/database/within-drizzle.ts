import { registerHooks } from 'node:module';

const DRIZZLE = '/node_modules/drizzle-orm/';

/**
 * Loads what uses Drizzle, in a tenth of the time and with 200 MB less. For each module of a package Node parses the package's
 * package.json, to know of what format the module is; Drizzle's names every file of it and has 180 kB, and there are hundreds
 * of modules. They are all of one format, and what one calls another by is its path.
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

/** Its CommonJS twins end in `.cjs`. */
function isScript(path: string): boolean {
  return path.endsWith('.js');
}

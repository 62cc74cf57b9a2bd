import { readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { unstable_readConfig as readWranglerConfig } from 'wrangler';
import type { Route } from '../../app/routes/route.ts';
import { routesFileIn } from '../../cli/app-folder.ts';
import { importRoutes } from '../../cli/import-routes.ts';

const WRANGLER_CONFIG = fileURLToPath(new URL('../../wrangler.toml', import.meta.url));

/** The worker of `wrangler.toml` in one file, with the runtime's settings for it. */
export interface EdgeBundle {
  /** One ES module. */
  script: string;
  compatibilityDate: string;
  compatibilityFlags: string[];
  /** The names of the routes' own settings, which are variables of the worker. */
  appSettingNames: string[];
}

const bundles = new Map<string, Promise<EdgeBundle>>();

/**
 * Bundles the worker in the same way as wrangler, once per process and app.
 *
 * @throws {SettingsError} when the folder has no list of routes
 */
export function bundleEdge(appFolder: string): Promise<EdgeBundle> {
  const bundle = bundles.get(appFolder) ?? buildEdge(appFolder);
  bundles.set(appFolder, bundle);
  return bundle;
}

async function buildEdge(appFolder: string): Promise<EdgeBundle> {
  const routesFile = routesFileIn(appFolder);
  const { routes = [] } = (await importRoutes(routesFile)) as { routes?: Route[] };
  const config = readWranglerConfig({ config: WRANGLER_CONFIG }, { hideWarnings: true });
  const result = await build({
    entryPoints: [config.main as string],
    alias: { '#app/routes': routesFile },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:*', 'node:*'],
    // No tsconfig: it serves the type checker only, and may be missing here.
    tsconfigRaw: '{}',
    plugins: [textModules, requireBuiltins],
  });
  return {
    script: (result.outputFiles[0] as { text: string }).text,
    compatibilityDate: config.compatibility_date as string,
    compatibilityFlags: config.compatibility_flags,
    appSettingNames: routes.flatMap(({ settings = {} }) => Object.keys(settings)),
  };
}

/** Bundles `x?text` as text, like a rule of `wrangler.toml`. */
const textModules: Plugin = {
  name: 'text-modules',
  setup({ onResolve, onLoad, resolve }) {
    onResolve({ filter: /\?text$/ }, async ({ path, kind, resolveDir }) => {
      const resolved = await resolve(path.replace(/\?text$/, ''), { kind, resolveDir });
      return { ...resolved, namespace: 'text' };
    });
    onLoad({ filter: /.*/, namespace: 'text' }, async ({ path }) => ({
      contents: await readFile(path, 'utf8'),
      loader: 'text',
    }));
  },
};

/** The runtime has Node's modules but no `require`, which the MySQL driver calls. */
const requireBuiltins: Plugin = {
  name: 'require-builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[a-z_/:]+$/ }, ({ path, kind }) => {
      if (!isBuiltin(path)) return undefined;
      const name = path.replace(/^(node:)?/, 'node:');
      return kind === 'require-call' ? { path: name, namespace: 'require-builtin' } : { path: name, external: true };
    });
    onLoad({ filter: /.*/, namespace: 'require-builtin' }, ({ path }) => ({
      contents: `import builtin from ${JSON.stringify(path)}; module.exports = builtin;`,
    }));
  },
};

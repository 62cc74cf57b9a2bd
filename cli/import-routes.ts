import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Imports the module of an app's `routes.ts`. It may import files as text, by a path that ends with `?text`, as the edge's bundle does. */
export async function importRoutes(file: string): Promise<object> {
  loadTextModules();
  return (await import(pathToFileURL(file).href)) as object;
}

let isRegistered = false;

function loadTextModules(): void {
  if (isRegistered) return;
  isRegistered = true;
  registerHooks({
    load(url, context, nextLoad) {
      if (!url.startsWith('file:') || !url.endsWith('?text')) return nextLoad(url, context);
      const text = readFileSync(fileURLToPath(url), 'utf8');
      return { format: 'module', source: `export default ${JSON.stringify(text)};`, shortCircuit: true };
    },
  });
}

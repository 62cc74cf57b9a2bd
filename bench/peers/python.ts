import { findProgram, isProgram, run } from '../../testkit/processes/command.ts';
import { MissingPeerError } from './peer.ts';

/** Debian's own Python: it has Debian's packages, whichever Python comes first on the PATH. */
const SYSTEM_PYTHON = '/usr/bin/python3';

/**
 * Finds a Python that has these modules.
 *
 * @param packages the Debian package of each module: `{ flask: 'python3-flask' }`
 * @throws {MissingPeerError} when there is none; it names the packages that Debian's own Python lacks
 */
export async function findPython(packages: Readonly<Record<string, string>>): Promise<string> {
  const candidates = [SYSTEM_PYTHON, await findProgram('python3')].filter((path) => path !== undefined);
  let missing: string[] | undefined;
  for (const python of new Set(candidates)) {
    if (!(await isProgram(python))) continue;
    const lacking = await missingModules(python, Object.keys(packages));
    if (lacking.length === 0) return python;
    missing ??= lacking;
  }
  if (missing === undefined) throw new MissingPeerError('python3', ['python3', ...Object.values(packages)]);
  const bring = missing.map((module) => packages[module] as string);
  throw new MissingPeerError(missing.map((module) => `Python's ${module}`).join(' and '), bring);
}

const SAY_MISSING = `import importlib.util, sys
print(*[name for name in sys.argv[1:] if importlib.util.find_spec(name) is None])`;

async function missingModules(python: string, modules: readonly string[]): Promise<string[]> {
  const printed = await run(python, ['-c', SAY_MISSING, ...modules]);
  return printed.split(' ').filter(Boolean);
}

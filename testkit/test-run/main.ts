import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { UserError } from '../../app/lib/user-error.ts';
import { runMain } from '../../cli/run-main.ts';
import { ALL_TESTS_MINUTES, parseTestRunOptions, USAGE } from './options.ts';
import { describeMissing, missingRequirements, type Requirement } from './requirements.ts';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));

const say = (line: string) => process.stdout.write(`${line}\n`);

/** The machine does not let us install programs. */
class InstallError extends UserError {
  override name = 'InstallError';
}

function install(missing: readonly Requirement[]): void {
  const names = missing.flatMap(({ packages }) => packages);
  say(`installing ${names.join(', ')} with apt-get …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args: string[]) => spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] }).status;
  if (apt('update') === 0 && apt('install', '--yes', '--no-install-recommends', ...names) === 0) return;
  throw new InstallError(
    `--install: expected apt-get to install ${names.join(', ')} (as root on Debian or Ubuntu), it failed`,
  );
}

async function main(args: string[]): Promise<void> {
  const options = parseTestRunOptions(args);
  const isCi = Boolean(process.env.CI);
  const missing = options.hasIntegration ? await missingRequirements(process.env) : [];
  if (missing.length > 0 && (options.install || isCi)) install(missing);
  else for (const requirement of missing) say(describeMissing(requirement));
  if (options.vitest.length === 0) {
    say(`all tests: about ${ALL_TESTS_MINUTES} minutes on two processors; \`npm run test:unit\` takes half a minute`);
  }

  const vitest = fileURLToPath(new URL('vitest.mjs', import.meta.resolve('vitest/package.json')));
  const child = spawn(process.execPath, [vitest, 'run', ...options.vitest], { cwd: PROJECT, stdio: 'inherit' });
  // The terminal sends Ctrl-C to Vitest, too; its exit code counts.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  const [code] = (await once(child, 'exit')) as [number | null];
  process.exitCode = code ?? 1;
}

await runMain({ name: 'npm test', usage: USAGE, main });

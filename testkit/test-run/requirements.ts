import { isDockerRunning } from '../mysql/docker.ts';
import { findProgram } from '../processes/command.ts';

/** A program that some tests need. */
export interface Requirement {
  /** What cannot be tested without it. */
  tests: string;
  /** One of these programs is enough. */
  programs: readonly string[];
  /** Whether a running Docker engine takes the place of a program. */
  orDocker?: boolean;
  /** A setting that takes the place of a program. */
  setting?: string;
  /** The Debian packages that have it. */
  packages: readonly string[];
}

export const REQUIREMENTS: readonly Requirement[] = [
  {
    tests: 'counting on MySQL',
    programs: ['mysqld', 'mariadbd'],
    orDocker: true,
    setting: 'TEST_DATABASE_URL',
    // mariadb-install-db needs a program of the second one.
    packages: ['mariadb-server-core', 'mariadb-client-core'],
  },
  {
    tests: 'pages in a browser',
    programs: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    setting: 'CHROMIUM_PATH',
    packages: ['chromium'],
  },
  { tests: 'alerts and the metrics format', programs: ['promtool'], packages: ['prometheus'] },
];

/** How the machine is examined. */
export interface Machine {
  findProgram(...names: string[]): Promise<string | undefined>;
  isDockerRunning(): Promise<boolean>;
}

/** The requirements that this machine does not meet. */
export async function missingRequirements(
  env: Record<string, string | undefined>,
  machine: Machine = { findProgram, isDockerRunning },
): Promise<Requirement[]> {
  const met = await Promise.all(
    REQUIREMENTS.map(async ({ programs, orDocker, setting }) => {
      if (setting !== undefined && env[setting]) return true;
      return (await machine.findProgram(...programs)) !== undefined || (orDocker === true && machine.isDockerRunning());
    }),
  );
  return REQUIREMENTS.filter((_, index) => !met[index]);
}

/** One line for the person who runs the tests: what is skipped, and how to enable it. */
export function describeMissing({ tests, programs, orDocker, setting, packages }: Requirement): string {
  const needs = [...programs, ...(orDocker ? ['a running Docker'] : [])].join(' or ');
  const orSetting = setting === undefined ? '' : `, or set ${setting}`;
  return `skipped: ${tests} (needs ${needs}): npm test -- --install, or apt-get install ${packages.join(' ')}${orSetting}`;
}

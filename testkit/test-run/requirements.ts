import { hasImage } from '../docker/image.ts';
import { monitoringImage } from '../monitoring/monitoring-files.ts';
import { isDockerRunning } from '../mysql/docker.ts';
import { findProgram } from '../processes/command.ts';
import { BROWSERS, MYSQL_SERVERS } from '../processes/programs.ts';

/** A program that some tests need. */
export interface Requirement {
  /** What cannot be tested without it. */
  tests: string;
  /** One of these programs is enough. */
  programs: readonly string[];
  /** Whether a running Docker engine takes the place of a program. */
  orDocker?: boolean;
  /** An image on this machine that has the program. */
  orImage?: string;
  /** A setting that takes the place of a program. */
  setting?: string;
  /** The Debian packages that have it. */
  packages: readonly string[];
}

export const REQUIREMENTS: readonly Requirement[] = [
  {
    tests: 'counting on MySQL',
    programs: MYSQL_SERVERS,
    orDocker: true,
    setting: 'TEST_DATABASE_URL',
    // mariadb-install-db needs a program of the second one.
    packages: ['mariadb-server-core', 'mariadb-client-core'],
  },
  {
    tests: 'pages in a browser',
    programs: BROWSERS,
    setting: 'CHROMIUM_PATH',
    packages: ['chromium'],
  },
  {
    tests: 'alerts and the metrics format',
    programs: ['promtool'],
    orImage: monitoringImage('PROMETHEUS_IMAGE'),
    packages: ['prometheus'],
  },
];

/** How the machine is examined. */
export interface Machine {
  findProgram(...names: string[]): Promise<string | undefined>;
  isDockerRunning(): Promise<boolean>;
  hasImage(image: string): Promise<boolean>;
}

const THIS_MACHINE: Machine = { findProgram, isDockerRunning, hasImage: (image) => hasImage(image, { pull: false }) };

/** The requirements that this machine does not meet. */
export async function missingRequirements(
  env: Record<string, string | undefined>,
  machine: Machine = THIS_MACHINE,
): Promise<Requirement[]> {
  const met = await Promise.all(
    REQUIREMENTS.map(async ({ programs, orDocker, orImage, setting }) => {
      if (setting !== undefined && env[setting]) return true;
      if ((await machine.findProgram(...programs)) !== undefined) return true;
      return orImage === undefined ? orDocker === true && machine.isDockerRunning() : machine.hasImage(orImage);
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

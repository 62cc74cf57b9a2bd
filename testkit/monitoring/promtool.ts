import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { hasImage } from '../docker/image.ts';
import { findProgram } from '../processes/command.ts';
import { monitoringImage } from './monitoring-files.ts';

const PROJECT_FOLDER = fileURLToPath(new URL('../..', import.meta.url));

/** Prometheus's own checker: this machine's program, else the one in Prometheus's image. */
export interface Promtool {
  /** Runs it in the project's folder. @returns its exit code and its whole output */
  run(args: string[], input?: string): Promise<{ code: number | null; output: string }>;
}

export const WITHOUT_PROMTOOL =
  "promtool is neither on the PATH nor in Prometheus's image; Debian's package prometheus has it";

/** Returns undefined when neither is available. Throws instead with `CI` set, because the tests would be skipped. */
export async function findPromtool(): Promise<Promtool | undefined> {
  const program = await findProgram('promtool');
  if (program) return { run: (args, input) => runWith(program, args, input) };
  const image = monitoringImage('PROMETHEUS_IMAGE');
  if (!(await hasImage(image, { pull: Boolean(process.env.CI) }))) {
    if (process.env.CI) throw new Error(`With CI set tests may not be skipped, and ${WITHOUT_PROMTOOL}`);
    return undefined;
  }
  const container = [
    'run',
    '--rm',
    '--interactive',
    '--volume',
    `${PROJECT_FOLDER}:/project:ro`,
    '--workdir',
    '/project',
  ];
  return {
    run: (args, input) => runWith('docker', [...container, '--entrypoint', 'promtool', image, ...args], input),
  };
}

async function runWith(program: string, args: string[], input = '') {
  const child = spawn(program, args, { cwd: PROJECT_FOLDER, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(input);
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await exited, output: `${stdout}${stderr}` };
}

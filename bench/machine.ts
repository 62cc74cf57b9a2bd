import { availableParallelism, loadavg, release, totalmem, type } from 'node:os';
import { NGINX_IMAGE } from '../testkit/fronts/nginx.ts';
import { run } from '../testkit/processes/command.ts';

/** Describes this machine without identifying its owner. */
export function describeMachine(): string {
  const system = `${type()} ${release().split('.').slice(0, 2).join('.')}`;
  const busy = (loadavg()[0] as number).toFixed(1);
  return `${availableParallelism()} processors, ${Math.round(totalmem() / 2 ** 30)} GiB, ${system}, load and all on one machine, where ${busy} other threads were running at the start`;
}

const VERSION = /\d+(\.\d+)+/;

/**
 * Returns the versions of the programs that take part, as they report them. Missing programs are left out.
 *
 * @param database the description of the database server
 */
export async function describePrograms(database: string): Promise<string[]> {
  const asked: [string, string, string[]][] = [
    ['Nginx', 'docker', ['run', '--rm', '--entrypoint', 'sh', NGINX_IMAGE, '-c', 'nginx -v 2>&1']],
    ['HAProxy', 'haproxy', ['-v']],
    ['Caddy', 'caddy', ['version']],
    ['gunicorn', 'gunicorn', ['--version']],
    ['Redis', 'redis-server', ['--version']],
  ];
  const versions = await Promise.all(
    asked.map(async ([name, program, args]) => {
      const printed = await run(program, args).catch(() => '');
      const version = VERSION.exec(printed)?.[0];
      return version === undefined ? [] : [`${name} ${version}`];
    }),
  );
  return [`Node ${process.versions.node}`, database, ...versions.flat()];
}

import { availableParallelism, release, totalmem, type } from 'node:os';
import { NGINX_IMAGE } from '../testkit/fronts/nginx.ts';
import { mysqlVersion } from '../testkit/mysql/server.ts';
import { run } from '../testkit/processes/command.ts';

/** Describes this machine without identifying its owner. */
export function describeMachine(): string {
  const system = `${type()} ${release().split('.').slice(0, 2).join('.')}`;
  return `${availableParallelism()} processors, ${Math.round(totalmem() / 2 ** 30)} GiB, ${system}, load and all on one machine`;
}

const VERSION = /\d+(\.\d+)+/;

/** Returns the versions of the programs that take part, as they report them. Missing programs are left out. */
export async function describePrograms(mysqlUrl: string): Promise<string[]> {
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
  return [`Node ${process.versions.node}`, await mysqlVersion(mysqlUrl), ...versions.flat()];
}

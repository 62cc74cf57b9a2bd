import type { Route } from '../app/routes/route.ts';
import { type DatabaseConfig, describeDatabase } from '../cli/database-config.ts';
import type { Cluster } from './cluster.ts';

/** Returns the text after the start: what runs where, and what to try. */
export function banner({ edge, replicas }: Cluster, database: DatabaseConfig, routes: readonly Route[]): string {
  const hint =
    database.kind === 'sqlite' ? '  (embedded; the variable DATABASE_URL or DB_HOST names a MySQL: see --help)' : '';
  const rows = [
    ...(edge ? [`  edge      ${edge.url}   pid ${edge.pid()}`] : []),
    ...replicas.map(({ url, sid, pid }) => `  replica   ${url}   pid ${pid()}   srv_id=${sid}`),
    `  database  ${describeDatabase(database)}${hint}`,
  ];
  const count = `${replicas.length} replica${replicas.length === 1 ? '' : 's'}`;
  const url = edge?.url ?? replicas[0]?.url;
  return `
Mooring is up: ${count}${edge ? ' behind one address' : ', without a balancer'}.

${rows.join('\n')}

Try:
${tries(url ?? '', routes).join('\n')}

Kill a replica (kill -9 and its pid) and watch its clients move while it comes back. Ctrl-C stops it all.
`;
}

function tries(url: string, routes: readonly Route[]): string[] {
  const paths = routes.map(({ path }) => path);
  const dashboard = paths.includes('/dashboard') ? [`${url}/dashboard`] : [];
  if (!routes.some(({ path, countsVisits }) => path === '/' && countsVisits)) {
    // Without the counter nobody knows what the routes do, only where they are.
    const addresses = paths.filter((path) => path !== '/dashboard').map((path) => `${url}${path}`);
    return [
      `  curl -i ${url}/healthz   X-Served-By is the replica, srv_id moors you to it`,
      ...[...addresses, ...dashboard].map((address) => `  open ${address}`),
    ];
  }
  return [
    `  curl -i ${url}/                 a visit: X-Served-By is the replica, srv_id moors you to it`,
    `  curl -i -c jar -b jar ${url}/   repeat it: with the cookie, always the same replica`,
    `  curl ${url}/showcount           how many visits the replicas counted together`,
    `  open ${[`${url}/ in a browser`, ...dashboard.map((address) => `${address} beside it`)].join(', and ')}`,
  ];
}

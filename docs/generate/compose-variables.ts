/** A row of the table of `.env`: variables that belong together. */
interface ComposeVariables {
  names: string[];
  /** The default as Markdown, where it is not the literal one of the compose files or of Nginx's entrypoint. */
  defaults?: string;
  /** What they do, as Markdown. */
  about: string;
}

/** What `.env` may set beside the settings of the replicas and of the edge. */
export const COMPOSE_VARIABLES: readonly ComposeVariables[] = [
  {
    names: ['HTTP_PORT', 'HTTPS_PORT', 'EDGE_PORT'],
    about:
      'Where Nginx, its HTTPS and the edge are published; `127.0.0.1:8000` publishes to this machine only. IPv4 only, because Docker forwards IPv6 clients from an address of its own network, which is a private one.',
  },
  {
    names: ['GRAFANA_PORT', 'PROMETHEUS_PORT'],
    about: 'Where the monitoring is published: to this machine only.',
  },
  {
    names: ['DASHBOARD_PORT'],
    about: "Where the [dashboard's own service](dashboard.md#as-its-own-service) is published: to this machine only.",
  },
  {
    names: ['APP_FOLDER'],
    about:
      'Folder of your app in this project: its `routes.ts` lists the routes. The images are built with it, so build them again after a change: `./update.sh` or `docker compose up --build`.',
  },
  { names: ['ORIGIN_REPLICAS'], about: 'Number of replicas; `./scale.sh` stores it here.' },
  {
    names: ['APP_IMAGE'],
    defaults: "Mooring's own image",
    about: 'The image that the replicas run: any HTTP server, in any language.',
  },
  {
    names: ['APP_PORT', 'APP_HEALTH_PATH'],
    about:
      'The port that the image of `APP_IMAGE` listens on, which it also finds as `PORT`; and the path that answers with a status from 200 to 399 when a replica is ready.',
  },
  {
    names: ['NGINX_TRUST_PROXY'],
    defaults: '`none`',
    about:
      'Which proxies in front of Nginx are believed about the client, and by which headers: [docs/trust.md](trust.md).',
  },
  {
    names: ['NGINX_TRUSTED_PROXIES'],
    about: 'Deprecated: read as `NGINX_TRUST_PROXY=x-forwarded-for:1 from …`, with a warning.',
  },
  {
    names: ['NGINX_CONNECTION_LIMIT'],
    about:
      'Connections that one client address may have at Nginx, or `off`. A connection beyond the limit is closed. Raise it where many people share an address: [docs/limits.md](limits.md).',
  },
  {
    names: ['NGINX_HTTP2_STREAMS', 'NGINX_WORKER_CONNECTIONS'],
    about:
      "Concurrent requests on one HTTP/2 connection, and connections of each of Nginx's `NGINX_CPUS` worker processes.",
  },
  {
    names: ['NGINX_CLIENT_HEADER_TIMEOUT'],
    about: 'How long a client may take to send its headers to Nginx.',
  },
  { names: ['NGINX_RATE_LIMIT'], about: 'Requests per second that one client address may make.' },
  {
    names: ['NGINX_COOKIE_SECURE'],
    defaults: '`off`, with TLS `on`',
    about: 'Set `on` where TLS ends in front of Nginx: browsers then send the cookies over HTTPS only.',
  },
  {
    names: ['NGINX_HSTS'],
    about: 'For how many seconds browsers refuse plain HTTP (`Strict-Transport-Security`), for example 63072000.',
  },
  {
    names: ['TLS_DIRECTORY'],
    about: 'Folder with `tls.crt` and `tls.key`: [docs/deployment.md](deployment.md#https).',
  },
  { names: ['NGINX_TLS_CHECK_SECONDS'], about: 'How often Nginx looks for a renewed certificate, in seconds.' },
  {
    names: ['NGINX_MAX_FAILS', 'NGINX_FAIL_TIMEOUT'],
    about:
      'When Nginx stops trying a failing replica, and for how long. Off by default: replicas that are gone leave the DNS within a second, and an outage of the database, during which all replicas answer 503, must not leave Nginx without a replica when the database is back.',
  },
  {
    names: ['DB_ROOT_SECRET', 'DB_MIGRATE_SECRET', 'DB_APP_SECRET', 'GRAFANA_SECRET'],
    defaults: 'a volume each',
    about: 'A folder with a file `password`, instead of a random password: [docs/passwords.md](passwords.md).',
  },
  {
    names: ['DB_TLS', 'DB_TLS_CA_FILE'],
    defaults: '`off`, none',
    about:
      'Encryption of the connections of replicas and edge to MySQL, and a file with the CA: a path that begins with `./` or `/`. [docs/database-tls.md](database-tls.md#in-the-compose-stack) says what the stack needs.',
  },
  {
    names: ['DB_PERFORMANCE_SCHEMA'],
    about:
      'Whether MySQL keeps its performance schema and the schema `sys`, to find out why it is slow. They take about 250 MB of its memory. Applied like [the binary log](binary-log.md).',
  },
  {
    names: ['DB_BINLOG', 'DB_BINLOG_HOURS'],
    about:
      "MySQL's binary log, for point-in-time backups and replication, and how long it is kept. It holds the addresses of clients: [docs/binary-log.md](binary-log.md).",
  },
  {
    names: ['DB_MAX_CONNECTIONS'],
    about:
      'Connections that MySQL accepts: enough for 50 replicas during an update. [docs/database-connections.md](database-connections.md) has the arithmetic.',
  },
  {
    names: ['PROMETHEUS_RETENTION_TIME', 'PROMETHEUS_RETENTION_SIZE'],
    about: 'For how long, and in how much space, Prometheus keeps its data.',
  },
  {
    names: ['DB_IMAGE', 'NGINX_IMAGE', 'NODE_IMAGE'],
    about:
      'The images of the stack; set them to use a mirror or to pin them by digest: [docs/dependencies.md](dependencies.md).',
  },
  {
    names: ['PROMETHEUS_IMAGE', 'GRAFANA_IMAGE', 'NGINX_EXPORTER_IMAGE'],
    about: 'The images of the monitoring, likewise.',
  },
  {
    names: [
      'DB_MEMORY',
      'ORIGIN_MEMORY',
      'NGINX_MEMORY',
      'EDGE_MEMORY',
      'DASHBOARD_MEMORY',
      'PROMETHEUS_MEMORY',
      'GRAFANA_MEMORY',
    ],
    about: 'Memory limits of the containers.',
  },
  {
    names: ['DB_CPUS', 'ORIGIN_CPUS', 'NGINX_CPUS', 'EDGE_CPUS', 'DASHBOARD_CPUS', 'PROMETHEUS_CPUS', 'GRAFANA_CPUS'],
    about: 'CPU limits of the containers.',
  },
];

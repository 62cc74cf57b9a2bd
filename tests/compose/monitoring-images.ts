import { run } from '../support/command.ts';
import { PROMETHEUS_IMAGE } from '../support/promtool.ts';

const EXPORTER_IMAGE = process.env.NGINX_EXPORTER_IMAGE ?? 'nginx/nginx-prometheus-exporter:1.5.1';

/** The same exporter as Debian packs it, for where the image cannot be had. */
const EXPORTER_STAND_IN = `FROM nginx:1.30
RUN apt-get -o Acquire::Check-Valid-Until=false update \
 && apt-get install --yes --no-install-recommends prometheus-nginx-exporter
USER nobody
ENTRYPOINT ["prometheus-nginx-exporter"]
`;

/** The images that watch the stack: those of `docker-compose.yml`, or what does the same where they cannot be had. */
export async function monitoringImages(): Promise<{ PROMETHEUS_IMAGE: string; NGINX_EXPORTER_IMAGE: string }> {
  const hasPrometheus = await isAvailable(PROMETHEUS_IMAGE);
  return {
    PROMETHEUS_IMAGE: hasPrometheus ? PROMETHEUS_IMAGE : 'prom/prometheus:latest',
    NGINX_EXPORTER_IMAGE: (await isAvailable(EXPORTER_IMAGE)) ? EXPORTER_IMAGE : await buildExporter(),
  };
}

async function isAvailable(image: string): Promise<boolean> {
  for (const command of [
    ['image', 'inspect', image],
    ['pull', '--quiet', image],
  ]) {
    const isThere = await run('docker', command, { timeoutMs: 60_000 }).then(
      () => true,
      () => false,
    );
    if (isThere) return true;
  }
  return false;
}

async function buildExporter(): Promise<string> {
  const tag = 'mooring-test-nginx-exporter';
  await run('sh', ['-c', `docker build --quiet --tag ${tag} - <<'DOCKERFILE'\n${EXPORTER_STAND_IN}DOCKERFILE`]);
  return tag;
}

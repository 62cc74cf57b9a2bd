import { monitoringImage } from '../monitoring/monitoring-files.ts';
import { run } from '../processes/command.ts';
import { hasImage } from './image.ts';

/** Debian's package of the same exporter, for when the image is not available. */
const EXPORTER_STAND_IN = `FROM nginx:1.30
RUN apt-get -o Acquire::Check-Valid-Until=false update \
 && apt-get install --yes --no-install-recommends prometheus-nginx-exporter
USER nobody
ENTRYPOINT ["prometheus-nginx-exporter"]
`;

/** Returns the monitoring images of `docker-compose.yml`, or substitutes when they are not available. */
export async function monitoringImages(): Promise<{ PROMETHEUS_IMAGE: string; NGINX_EXPORTER_IMAGE: string }> {
  const [prometheus, exporter] = [monitoringImage('PROMETHEUS_IMAGE'), monitoringImage('NGINX_EXPORTER_IMAGE')];
  return {
    PROMETHEUS_IMAGE: (await hasImage(prometheus, { pull: true })) ? prometheus : 'prom/prometheus:latest',
    NGINX_EXPORTER_IMAGE: (await hasImage(exporter, { pull: true })) ? exporter : await buildExporter(),
  };
}

async function buildExporter(): Promise<string> {
  const tag = 'mooring-test-nginx-exporter';
  await run('sh', ['-c', `docker build --quiet --tag ${tag} - <<'DOCKERFILE'\n${EXPORTER_STAND_IN}DOCKERFILE`]);
  return tag;
}

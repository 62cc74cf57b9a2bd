import { readdirSync, readFileSync } from 'node:fs';
import { Deployment } from 'kubernetes-models/apps/v1';
import { Job } from 'kubernetes-models/batch/v1';
import { Ingress, NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { ConfigMap, type IContainer, Namespace, PersistentVolumeClaim, Service } from 'kubernetes-models/v1';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '../../origin/config.ts';
import {
  hasKubectl,
  type KubernetesObject,
  renderKustomization,
  WITHOUT_KUBECTL,
} from '../../testkit/kubernetes/render.ts';

const MODELS: Record<string, new (data: never) => { validate(): void }> = {
  ConfigMap,
  Deployment,
  Ingress,
  Job,
  Namespace,
  NetworkPolicy,
  PersistentVolumeClaim,
  PodDisruptionBudget,
  Service,
};
const FOLDERS = ['base', 'own-nginx', 'nginx-ingress', 'monitoring'] as const;
const NAMESPACE = 'mooring';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const canRender = await hasKubectl();

describe.skipIf(!canRender)(`deploy/kubernetes${canRender ? '' : `: ${WITHOUT_KUBECTL}`}`, () => {
  const render = (folder: string) => renderKustomization(`deploy/kubernetes/${folder}`);

  async function find<T>(folder: string, kind: string, name: string): Promise<T> {
    const object = (await render(folder)).find(
      ({ metadata, ...other }) => other.kind === kind && isNamed(metadata.name, name),
    );
    if (!object) throw new Error(`${folder} has no ${kind} ${name}`);
    return object as T;
  }

  test.each(FOLDERS)('each object of %s is valid by its schema, and in the namespace', async (folder) => {
    const objects = await render(folder);
    expect(objects.length).toBeGreaterThan(0);
    for (const object of objects) {
      const ObjectModel = MODELS[object.kind];
      if (!ObjectModel) throw new Error(`no schema for ${object.kind}`);
      new ObjectModel(object as never).validate();
      expect(object.kind === 'Namespace' ? object.metadata.name : object.metadata.namespace).toBe(NAMESPACE);
      expect(object.metadata.labels?.['app.kubernetes.io/part-of']).toBe('mooring');
    }
  });

  test.each([
    ['base', 'Deployment', 'replica'],
    ['base', 'Job', 'migrate'],
    ['monitoring', 'Deployment', 'prometheus'],
  ])('in %s, the %s %s runs without root, rights and a writable file system', async (folder, kind, name) => {
    const { spec } = (await find<PodObject>(folder, kind, name)).spec.template;
    expect(spec).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: expect.any(Number),
        seccompProfile: { type: 'RuntimeDefault' },
      },
    });
    for (const { securityContext, resources } of spec.containers) {
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(resources?.limits).toMatchObject({ cpu: expect.anything(), memory: expect.anything() });
    }
  });

  test('Nginx has the rights that it has in docker-compose.yml', async () => {
    const { spec } = (await find<PodObject>('own-nginx', 'Deployment', 'nginx')).spec.template;
    const { services } = parse(read('docker-compose.yml')) as { services: { nginx: { cap_add: string[] } } };
    expect(spec.containers[0]?.securityContext?.capabilities).toEqual({ drop: ['ALL'], add: services.nginx.cap_add });
  });

  test("the replicas' settings are valid, and the grace period covers preStop and the drain", async () => {
    const { spec } = (await find<PodObject>('base', 'Deployment', 'replica')).spec.template;
    const { data } = await find<{ data: Record<string, string> }>('base', 'ConfigMap', 'replica-settings');
    const [{ env = [], lifecycle }] = spec.containers as [IContainer];
    const constants = env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]));
    const { DB_PASSWORD_FILE: _, ...settings } = { ...data, ...Object.fromEntries(constants) };
    const config = await parseConfig({ env: { ...settings, SERVER_IP: '10.0.0.7' } });

    expect(config.server.address).toBe('10.0.0.7:5000');
    expect(env.find(({ name }) => name === 'SERVER_IP')?.valueFrom?.fieldRef?.fieldPath).toBe('status.podIP');
    const preStopSeconds = lifecycle?.preStop?.sleep?.seconds as number;
    const leftMs = ((spec.terminationGracePeriodSeconds as number) - preStopSeconds) * 1000;
    expect(leftMs).toBeGreaterThanOrEqual(Number(settings.STOP_GRACE_PERIOD_MS));
    expect(Number(settings.STOP_GRACE_PERIOD_MS)).toBeGreaterThan(config.drainTimeoutMs);
  });

  test('an outage of the database neither restarts a replica nor takes it from the balancer', async () => {
    const { spec } = (await find<PodObject>('base', 'Deployment', 'replica')).spec.template;
    const [{ startupProbe, readinessProbe, livenessProbe }] = spec.containers as [IContainer];
    expect(startupProbe?.httpGet?.path).toBe('/readyz');
    expect([readinessProbe?.httpGet?.path, livenessProbe?.httpGet?.path]).toEqual(['/healthz', '/healthz']);
  });

  test('Nginx finds each replica by the headless service, and gets every file of its entrypoint that it needs', async () => {
    const service = await find<{ spec: { clusterIP: string } }>('own-nginx', 'Service', 'replica');
    expect(service.spec.clusterIP).toBe('None');
    const { data } = await find<{ data: Record<string, string> }>('own-nginx', 'ConfigMap', 'nginx-settings');
    expect(data.NGINX_UPSTREAM_SERVERS).toBe(`server replica.${NAMESPACE}.svc.cluster.local:5000 resolve max_fails=0;`);
    const parts = await find<{ data: Record<string, string> }>('own-nginx', 'ConfigMap', 'nginx-entrypoint-parts');
    const folder = new URL('../../nginx/entrypoint/parts/', import.meta.url);
    expect(Object.keys(parts.data).toSorted()).toEqual(readdirSync(folder).toSorted());
    const scripts = await find<{ data: Record<string, string> }>('own-nginx', 'ConfigMap', 'nginx-entrypoint');
    const { spec } = (await find<PodObject>('own-nginx', 'Deployment', 'nginx')).spec.template;
    const [nginx] = spec.containers as [IContainer];
    const mounted = nginx.volumeMounts?.filter(({ name }) => name === 'entrypoint').map(({ subPath }) => subPath);
    expect(mounted?.toSorted()).toEqual(Object.keys(scripts.data).toSorted());
  });

  test('the ingress has the sticky cookie of the affinity contract, and replaces request ids of clients', async () => {
    const { metadata } = await find<KubernetesObject>('nginx-ingress', 'Ingress', 'mooring');
    const [, own] = /echo "sticky cookie (.+);"/.exec(read('nginx/entrypoint/parts/cookie.sh')) ?? [];
    const cookie = own?.replace('$secure ', '');
    expect(metadata.annotations).toMatchObject({
      'nginx.org/sticky-cookie-services': `serviceName=replica ${cookie}`,
      'nginx.org/location-snippets': 'proxy_set_header X-Request-ID $request_id;',
      'nginx.org/proxy-next-upstream': /proxy_next_upstream (.+);/.exec(
        read('nginx/templates/mooring.conf.template'),
      )?.[1],
    });
  });

  test.each([
    ['balancer', { 'app.kubernetes.io/component': 'balancer' }, 5000],
    ['prometheus', { 'app.kubernetes.io/name': 'prometheus' }, 9464],
  ])('of all pods, only %s may connect to that port of a replica', async (_who, matchLabels, port) => {
    const { spec } = await find<{ spec: Policy }>('base', 'NetworkPolicy', 'front');
    const admitted = spec.ingress.filter(({ ports }) => ports.some((each) => each.port === port));
    expect(admitted.map(({ from }) => from)).toEqual([[{ podSelector: { matchLabels } }]]);
  });

  test('what no policy allows is denied', async () => {
    const { spec } = await find<{ spec: object }>('base', 'NetworkPolicy', 'default-deny');
    expect(spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
  });

  test('Prometheus measures the replicas as it does in docker-compose.yml', async () => {
    const { data } = await find<{ data: Record<string, string> }>('monitoring', 'ConfigMap', 'prometheus');
    const [own, stack] = [data['prometheus.yml'], read('monitoring/prometheus.yml')].map(
      (text) => parse(text as string) as PrometheusConfig,
    ) as [PrometheusConfig, PrometheusConfig];
    expect([own.global, own.rule_files]).toEqual([stack.global, stack.rule_files]);
    expect(own.scrape_configs[0]?.dns_sd_configs?.[0]).toEqual({
      ...stack.scrape_configs[0]?.dns_sd_configs?.[0],
      names: [`replica.${NAMESPACE}.svc.cluster.local`],
    });
  });
});

interface PodObject {
  spec: { template: { spec: { containers: IContainer[]; terminationGracePeriodSeconds?: number } } };
}

interface Policy {
  ingress: { from?: object[]; ports: { port: number }[] }[];
}

interface PrometheusConfig {
  global: object;
  rule_files: string[];
  scrape_configs: { dns_sd_configs?: object[] }[];
}

/** Generated names end in a hash of the content. */
function isNamed(name: string, wanted: string): boolean {
  return name === wanted || (name.startsWith(`${wanted}-`) && /^[0-9a-z]{10}$/.test(name.slice(wanted.length + 1)));
}

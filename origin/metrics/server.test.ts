import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createMetricsApp } from '../../app/http/metrics-app.ts';
import { ListenError } from '../../cli/run-main.ts';
import { createMetrics } from './metrics.ts';
import { createMetricsServer } from './server.ts';

const app = createMetricsApp(createMetrics());

describe('the metrics port', () => {
  test.each([
    ['no format is requested', undefined, 'text/plain; version=0.0.4; charset=utf-8'],
    ['any format is accepted', '*/*', 'text/plain; version=0.0.4; charset=utf-8'],
    [
      'OpenMetrics is requested',
      'application/openmetrics-text',
      'application/openmetrics-text; version=1.0.0; charset=utf-8',
    ],
    [
      'Prometheus asks',
      'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
      'application/openmetrics-text; version=1.0.0; charset=utf-8',
    ],
    [
      'text is preferred',
      'application/openmetrics-text;q=0.2,text/plain;q=0.9',
      'text/plain; version=0.0.4; charset=utf-8',
    ],
  ])('answers in the requested format: when %s', async (_when, accept, contentType) => {
    const response = await app.request('/metrics', accept === undefined ? {} : { headers: { Accept: accept } });
    expect(response.status).toBe(200);
    expect(response.headers.get('Content-Type')).toBe(contentType);
    expect(await response.text()).toMatch(/^# TYPE mooring_requests(_total)? counter$/m);
  });

  test.each(['/', '/metrics/', '/showcount', '/healthz'])('answers 404 at %s', async (path) => {
    expect((await app.request(path)).status).toBe(404);
  });

  test.each(['POST', 'PUT', 'DELETE'])('rejects %s and lists the allowed methods', async (method) => {
    const response = await app.request('/metrics', { method });
    expect([response.status, response.headers.get('Allow')]).toEqual([405, 'GET, HEAD']);
  });

  test('takes no part in affinity', async () => {
    const { headers } = await app.request('/metrics');
    for (const name of ['X-Affinity', 'X-Served-By', 'X-Request-ID', 'Set-Cookie'])
      expect(headers.get(name)).toBeNull();
  });
});

test('fails when its port is in use', async () => {
  const squatter = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void squatter.close());
  await once(squatter, 'listening');
  const { port } = squatter.address() as AddressInfo;
  await expect(createMetricsServer(createMetrics()).listen(port, '127.0.0.1')).rejects.toThrow(ListenError);
});

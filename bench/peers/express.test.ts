import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createHttpClient } from '../../testkit/http/http-client.ts';
import { findProgram } from '../../testkit/processes/command.ts';
import { startOrigin } from '../../testkit/processes/origin.ts';
import { startExpress } from './express.ts';
import { startRedis } from './redis.ts';

const redis = await findProgram('redis-server');

async function expressUrl(redisUrl?: string): Promise<string> {
  const { addresses, close } = await startExpress({ count: 1, redisUrl });
  onTestFinished(close);
  return `http://${addresses[0]}`;
}

async function mooringUrl(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const origin = await startOrigin({ APP_FOLDER: 'bench/app', DATABASE_URL: `file:${join(folder, 'visits.sqlite')}` });
  onTestFinished(origin.stop);
  return origin.url;
}

const APPS = {
  Mooring: mooringUrl,
  'Express in memory': () => expressUrl(),
  'Express with Redis': async () => {
    const { url, close } = await startRedis({ isDurable: true });
    onTestFinished(close);
    return expressUrl(url);
  },
};

test.for(Object.keys(APPS) as (keyof typeof APPS)[])(
  '%s gives the answers that the bench compares',
  async (name, { skip }) => {
    skip(name === 'Express with Redis' && redis === undefined, 'redis-server is not installed');
    const client = createHttpClient(await APPS[name]());
    onTestFinished(client.close);
    const ask = async (method: string, path: string) => {
      const { status, body, headers, setCookies } = await client.send({ method, path });
      // Mooring also names the client for its figures, once.
      const sessionCookies = setCookies.filter((cookie) => !cookie.startsWith('client_id='));
      return [status, body.toString(), headers['content-type']?.split(';')[0], sessionCookies.length];
    };
    const cart = (items: number) => JSON.stringify({ cart: Array<string>(items).fill('a pair of shoes') });
    expect(await ask('GET', '/cart/sample')).toEqual([200, cart(1), 'application/json', 0]);
    expect((await ask('POST', '/cart')).slice(0, 2)).toEqual([200, cart(1)]);
    expect(await ask('GET', '/cart')).toEqual([200, cart(1), 'application/json', 0]);
    for (let items = 2; items <= 7; items++) {
      expect((await ask('POST', '/cart')).slice(0, 2)).toEqual([200, cart(Math.min(items, 5))]);
    }
  },
);

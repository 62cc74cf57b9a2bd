const READ_TIMEOUT_MS = 2000;

/** Returns a function that asks a service for the list of peers (`GET /`). */
export function createPeersReader(service: Fetcher): () => Promise<string> {
  return async () => {
    const response = await service.fetch('http://peers/', { signal: AbortSignal.timeout(READ_TIMEOUT_MS) });
    const text = await response.text();
    if (!response.ok) throw new Error(`the peers service answered ${response.status}: ${text}`);
    return text;
  };
}

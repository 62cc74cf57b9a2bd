import { describe, expect, test } from 'vitest';
import { parseEdgeContainerConfig } from './config.ts';

describe('ORIGIN_PARAMETERS', () => {
  test.each(['max_fails=0', 'max_fails=2 fail_timeout=5s', 'weight=3 max_conns=10', 'backup'])(
    '%j is accepted',
    (parameters) => {
      expect(parseEdgeContainerConfig({ ORIGIN_PARAMETERS: parameters }).replicas.parameters).toBe(parameters);
    },
  );

  test.each(['max_fail=0', 'max_fails=x', 'fail_timeout=5d', 'weight=0', 'max_fails=0;', 'weight=2\nweight=3', 'up'])(
    '%j is rejected',
    (parameters) => {
      expect(() => parseEdgeContainerConfig({ ORIGIN_PARAMETERS: parameters })).toThrow(
        `1 setting is wrong:\n  ORIGIN_PARAMETERS: expected parameters of a peer, all in one line, got ${JSON.stringify(parameters)}; for example ORIGIN_PARAMETERS=max_fails=2 fail_timeout=5s`,
      );
    },
  );
});

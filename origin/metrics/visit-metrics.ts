import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { VisitQueueFullError } from '../../app/visits/errors.ts';
import type { GroupCommit } from '../../app/visits/group-commit.ts';
import type { VisitStore } from '../../app/visits/visit.ts';

/** Provides the length of the visit queue. */
export interface VisitQueue {
  visits: Pick<GroupCommit, 'queued' | 'unfinished'>;
  queueLimit: number;
}

/** Metrics of visits on their way to the database. */
export interface VisitMetrics {
  /** Measures the size and duration of each commit. */
  watchCommit(commit: VisitStore['commit']): VisitStore['commit'];
  /** Counts rejected visits. */
  watchRecord(record: GroupCommit['record']): GroupCommit['record'];
  /** Adds metrics of the queue, read at each scrape. */
  watchQueue(queue: VisitQueue): void;
}

/** Group commit limits a transaction to 500 visits. */
const BATCH_BUCKETS = [1, 2, 5, 10, 20, 50, 100, 200, 500];
const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3];

export function createVisitMetrics(registry: Registry): VisitMetrics {
  const registers = [registry];
  const committed = new Counter({
    name: 'mooring_visits_committed_total',
    help: 'Visits that this replica committed, including visits already committed under the same request id.',
    registers,
  });
  const rejected = new Counter({
    name: 'mooring_visits_rejected_total',
    help: 'Visits answered 503, because VISIT_QUEUE_LIMIT visits were waiting (queue_full) or the commit failed (database).',
    labelNames: ['reason'],
    registers,
  });
  const batches = new Histogram({
    name: 'mooring_commit_visits',
    help: 'Visits per transaction.',
    buckets: BATCH_BUCKETS,
    registers,
  });
  const durations = new Histogram({
    name: 'mooring_commit_duration_seconds',
    help: 'Duration of a transaction with its retries, whether it succeeded or failed.',
    buckets: DURATION_BUCKETS,
    registers,
  });
  for (const reason of ['queue_full', 'database']) rejected.inc({ reason }, 0);

  function countRejection(error: unknown): void {
    rejected.inc({ reason: error instanceof VisitQueueFullError ? 'queue_full' : 'database' });
  }

  return {
    watchCommit: (commit) => async (batch) => {
      const startMs = performance.now();
      try {
        const numbers = await commit(batch);
        committed.inc(numbers.length);
        batches.observe(numbers.length);
        return numbers;
      } finally {
        durations.observe((performance.now() - startMs) / 1000);
      }
    },

    watchRecord: (record) => (visit) => {
      const recorded = record(visit);
      recorded.catch(countRejection);
      return recorded;
    },

    watchQueue({ visits, queueLimit }) {
      new Gauge({
        name: 'mooring_visit_queue_depth',
        help: 'Visits that wait in the queue.',
        collect() {
          this.set(visits.queued());
        },
        registers,
      });
      new Gauge({
        name: 'mooring_visit_queue_limit',
        help: 'Maximum number of waiting visits: VISIT_QUEUE_LIMIT.',
        registers,
      }).set(queueLimit);
      const inFlight = {
        mooring_visits_in_flight: 'Visits that wait or are being committed.',
        mooring_visits_unfinished: 'Deprecated: the old name of mooring_visits_in_flight, for one release.',
      };
      for (const [name, help] of Object.entries(inFlight)) {
        new Gauge({
          name,
          help,
          collect() {
            this.set(visits.unfinished());
          },
          registers,
        });
      }
    },
  };
}

import { alerts } from '../../testkit/monitoring/monitoring-files.ts';
import { markdownTable } from '../../testkit/prose/markdown-table.ts';

interface Advice {
  /** The condition of the alert in words; the time it must hold comes from the rule. */
  when: string;
  /** What to do. */
  advice: string;
}

/** What people need to know about each alert of `monitoring/rules/`, as Markdown. */
const ADVICE: Record<string, Advice> = {
  MooringNoReplicaReady: {
    when: 'No replica is ready.',
    advice: 'Run `docker compose ps` and start the replicas that are down. If all are up, the cause is the database.',
  },
  MooringDatabaseUnreachable: {
    when: 'Replicas do not reach the database.',
    advice:
      'Run `docker compose ps db` and `docker compose logs db`; its error log is in the volume `db-logs`. Replicas recover by themselves.',
  },
  MooringNoPrimary: {
    when: 'Of several database servers no replica finds one that accepts writes. Absent with a single server.',
    advice:
      'On a swarm run `deploy/swarm/group.sh status`: if members are down, start their machines; if all are up and none is in a group, run `deploy/swarm/group.sh restart`. Elsewhere let one server accept writes ([database-failover.md](database-failover.md)).',
  },
  MooringGroupIncomplete: {
    when: 'A member of the database group is not online, or the exporter cannot ask any.',
    advice:
      'Run `deploy/swarm/group.sh status` and start the machine of the member that is missing: it joins by itself. If all are online, look at `docker service ps mooring_mysqld-exporter`.',
  },
  MooringReplicationLag: {
    when: 'A member of the database group needs more than ten seconds to apply what it has received.',
    advice:
      "Its machine is slower than the primary's, or busy: look at its CPU and disk. A lock may hold it up, too: `SHOW PROCESSLIST` there.",
  },
  MooringReplicaLost: {
    when: 'A replica disappeared without reporting that it stops, as a killed one does. A replica that stopped cleanly is not lost.',
    advice:
      'Find out why it died: `docker compose ps --all origin` shows its exit code (137: out of memory, or killed), and its logs tell more. `./scale.sh` starts another one.',
  },
  MooringErrorRatioHigh: {
    when: 'More than 1 % of the answers within five minutes were 5xx.',
    advice:
      'Look up the route and the status on the dashboard: 503 means the database or a full queue, 500 a bug, which is in the logs. Requests that Nginx itself rejects are not counted here; they are in its access log, without a `peer`.',
  },
  MooringLatencyHigh: {
    when: 'The p99 of all requests over five minutes is above 0.5 s.',
    advice:
      "Compare it with the duration of a transaction: if both rose, the cause is the database, otherwise the replicas' CPU or event loop.",
  },
  MooringVisitQueueNearlyFull: {
    when: 'More than 80 % of `VISIT_QUEUE_LIMIT` visits are waiting, or some were rejected.',
    advice:
      'The database commits more slowly than visits arrive: look at the database first. More replicas do not help, because all commit to one database.',
  },
  MooringAffinityBroken: {
    when: 'More than 5 % of the clients that have a replica reach another one, although no replica came, went or was unavailable within seven minutes.',
    advice:
      "Look for replicas that reject or time out (`peer` in Nginx's log then has several addresses), and for another balancer in front that sends the cookie elsewhere.",
  },
  MooringEdgeErrorRatioHigh: {
    when: 'More than 1 % of the answers of the edge within five minutes were 5xx.',
    advice:
      "Look at the edge's log: a line without a `peer` is its own answer. 503 with a `peer` comes from a replica: look at its alerts.",
  },
  MooringEdgeTakesOver: {
    when: 'The edge answered requests itself, because no replica could.',
    advice: 'Start the replicas that are down; those that hang are in the lines `upstream failed` of its log.',
  },
  MooringEdgePeerFailing: {
    when: 'More than 10 % of the tries at one replica failed within a minute, and more than five.',
    advice:
      "The lines `upstream failed` of the edge's log have the reason. A replica that is overloaded or hangs answers late: look at its CPU and event loop.",
  },
};

/**
 * Returns a Markdown table of all alerts.
 *
 * @throws {Error} when an alert has no advice, or advice has no alert
 */
export function alertsTable(): string {
  const names = alerts.map(({ alert }) => alert);
  const unknown = Object.keys(ADVICE).filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`alerts-table.ts: no rule for ${unknown.join(', ')}`);
  const rows = alerts.map(({ alert, for: held, labels }) => {
    const advice = ADVICE[alert];
    if (!advice) throw new Error(`alerts-table.ts: no advice for ${alert}`);
    return [`\`${alert}\``, labels.severity, advice.when, seconds(held), advice.advice];
  });
  return markdownTable(['Alert', 'Severity', 'Fires when', 'For', 'What to do'], rows);
}

function seconds(duration: string): string {
  return duration.replace(/s$/, ' s').replace(/m$/, ' min');
}

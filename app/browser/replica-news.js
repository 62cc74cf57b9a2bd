/**
 * Returns a function that describes, in sentences for screen readers, how the replicas changed since its last call. The
 * first call returns nothing.
 */
export function createReplicaNews() {
  /** @type {Map<string, ReplicaStatus> | undefined} */
  let known;

  /**
   * @param {ReplicaStatus[]} replicas
   * @returns {string[]}
   */
  return function tellNews(replicas) {
    const before = known;
    known = new Map(replicas.map((replica) => [replica.address, replica]));
    if (!before) return [];
    return replicas.flatMap((replica) => {
      const previous = before.get(replica.address);
      return previous?.state === replica.state ? [] : (sentence(replica, previous) ?? []);
    });
  };
}

/**
 * @param {ReplicaStatus} replica
 * @param {ReplicaStatus | undefined} previous
 */
function sentence({ address, state, isLost }, previous) {
  if (state === 'draining') return `Replica ${address} is draining.`;
  if (state === 'ready') return `Replica ${address} ${previous ? 'is back' : 'has come'}.`;
  // A replica that was gone when this page first saw it is no news.
  if (!previous) return undefined;
  return isLost ? `Replica ${address} is gone: it was lost.` : `Replica ${address} is gone: it has stopped.`;
}

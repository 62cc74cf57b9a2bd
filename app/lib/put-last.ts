/**
 * Puts an entry at the end of a map, and drops the first one when the map has more than `limit`. A Map keeps insertion order, so
 * the dropped entry is the one that was put longest ago.
 */
export function putLast<V>(map: Map<string, V>, key: string, value: V, limit: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > limit) map.delete(map.keys().next().value as string);
}

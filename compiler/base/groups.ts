// Lists by key. In: a map of lists. Out: the map, one item longer.

/** Puts an item at the end of a key's list. */
export function append<K, V>(map: Map<K, V[]>, key: K, item: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [item]);
  else list.push(item);
}

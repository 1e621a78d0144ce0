import { isMap, isScalar, isSeq, type Node, Pair, YAMLMap, YAMLSeq } from 'yaml';
import type { Place } from './reader';

/** A key with its value, which is null where the text has none. */
export type Entry = Pair<Node, Node | null>;

/** Lists whose items are told apart by one of their keys; any other list is replaced as a whole. */
const ITEM_KEYS: Readonly<Record<string, string>> = {
  seasons: 'name',
  sources: 'id',
  phases: 'id',
  processors: 'id',
  failures: 'table',
};
/** Their keys belong together: half of one and half of the other would say something that nobody wrote. */
const REPLACED: ReadonlySet<string> = new Set(['run', 'ratio_of']);
/** Two ways to say the same. */
const SYNONYMS: Readonly<Record<string, string>> = { table: 'tables', tables: 'table' };

/** The pair of a key in a mapping. */
export function entryOf(map: YAMLMap, key: string): Entry | undefined {
  return (map.items as Entry[]).find((pair) => wordOf(pair.key) === key);
}

/** The list that a mapping has under a key; undefined where there is none. */
export function itemsUnder(map: unknown, key: string): YAMLSeq | undefined {
  const value = isMap(map) ? entryOf(map, key)?.value : undefined;
  return isSeq(value) ? value : undefined;
}

/** A scalar as it is written, without quotes; undefined for anything else. */
export function wordOf(node: unknown): string | undefined {
  return isScalar(node) ? (node.source ?? String(node.value)) : undefined;
}

/**
 * Lays a text's mapping over one that a preset brought: key by key, items of lists that have ids by their ids. The text's own values
 * win, and an explicit `null` takes a key away. What the preset has keeps its order, what only the text has follows.
 * @param place where the text's mapping is, to follow its aliases.
 */
export function mergeMaps(place: Place, own: YAMLMap, inherited: YAMLMap): YAMLMap {
  const merged = new YAMLMap();
  merged.range = own.range ?? null;
  const taken = new Set<Entry>();
  for (const theirs of inherited.items as Entry[]) {
    const key = wordOf(theirs.key) ?? '';
    const ours = entryOf(own, key);
    if (ours !== undefined) {
      taken.add(ours);
      if (!isNull(ours.value)) merged.items.push(new Pair(ours.key, mergeValues(place, key, ours.value, theirs.value)));
    } else if (entryOf(own, SYNONYMS[key] ?? '') === undefined) merged.items.push(theirs);
  }
  // A key that is there twice stays so, and is reported as in any manifest.
  for (const ours of own.items as Entry[]) if (!taken.has(ours)) merged.items.push(ours);
  return merged;
}

function mergeValues(place: Place, key: string, own: Node | null, inherited: Node | null): Node | null {
  const target = own === null ? undefined : place.child(own, key).node;
  if (isMap(target) && isMap(inherited)) {
    const together = !REPLACED.has(key) && sameKind(target, inherited);
    return together ? mergeMaps(place, target, inherited) : own;
  }
  const itemKey = ITEM_KEYS[key];
  return isSeq(target) && isSeq(inherited) && itemKey !== undefined ? mergeItems(place, itemKey, target, inherited) : own;
}

function mergeItems(place: Place, itemKey: string, own: YAMLSeq, inherited: YAMLSeq): YAMLSeq {
  const nameOf = (node: unknown): string | undefined => {
    const { node: target } = place.child(node as Node, 'an item');
    return isMap(target) ? wordOf(entryOf(target, itemKey)?.value) : undefined;
  };
  const merged = new YAMLSeq();
  merged.range = own.range ?? null;
  const rest = (own.items as Node[]).map((node) => ({ node, name: nameOf(node) }));
  for (const theirs of inherited.items as Node[]) {
    const name = nameOf(theirs);
    const at = rest.findIndex((ours) => ours.name === name);
    const [ours] = name === undefined || at < 0 ? [] : rest.splice(at, 1);
    merged.items.push(ours === undefined ? theirs : mergeValues(place, '', ours.node, theirs));
  }
  merged.items.push(...rest.map(({ node }) => node));
  return merged;
}

/** Warehouses of two types, or calendars of two kinds, share no keys. */
function sameKind(own: YAMLMap, inherited: YAMLMap): boolean {
  const type = wordOf(entryOf(own, 'type')?.value);
  const theirs = wordOf(entryOf(inherited, 'type')?.value);
  if (type !== undefined && theirs !== undefined && type !== theirs) return false;
  const isRhythm = (map: YAMLMap): boolean => entryOf(map, 'every') !== undefined;
  return isRhythm(inherited) ? entryOf(own, 'table') === undefined : !isRhythm(own);
}

function isNull(value: Node | null): boolean {
  return isScalar(value) && value.value === null && value.source !== '';
}

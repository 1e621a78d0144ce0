import { isMap, isScalar, isSeq, type Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { didYouMean, nearest } from '../../base/nearest';
import { ManifestText } from './manifestText';
import { type Entry, entryOf, mergeMaps } from './mergeNodes';
import { type Place, type Reader, scalar } from './reader';
import { takeAway, without } from './without';

/** By its name the text of each preset: a whole manifest. */
export type Presets = ReadonlyMap<string, string>;

/** What a manifest says for itself, whatever it extends. */
const OWN_KEYS = ['version', 'name', 'extends', 'without'];

/** The value of `extends`. */
export const extended: Reader<string> = scalar<string>('', (value, place) => {
  if (typeof value === 'string' && /^preset:[\w-]+$/.test(value)) return value;
  return place.expected('a preset such as preset:nba-stats-scraper', undefined);
});

/**
 * The manifest laid over the preset that it extends; the manifest itself when it extends none. What the preset brings stands where
 * `extends` does, so that no place is outside of the text.
 * @returns undefined, after a report, when there is no such preset.
 */
export function extendManifest(place: Place, presets: Presets): Place | undefined {
  const { node, text } = place;
  const named = isMap(node) ? entryOf(node, 'extends') : undefined;
  if (!isMap(node) || named === undefined) return place;
  const at = place.child(named.value, '`extends`', named.key);
  const preset = presetNamed(at, presets);
  if (preset === undefined) return undefined;
  const root = parsed(preset);
  const start = named.key.range?.[0] ?? 0;
  const end = named.value?.range?.[1] ?? start;
  const stand = (copy: Node): void => {
    copy.range = [start, end, end];
    text.inherit(copy);
  };
  const inherited = root && copyOf(root, (one) => one, stand);
  if (!isMap(inherited)) return at.error('syntax', 'This preset cannot be read: install Backfill Explorer again.');
  for (const key of OWN_KEYS) inherited.delete(key);
  const removed = entryOf(node, 'without');
  if (removed !== undefined) takeAway(inherited, without.read(place.child(removed.value, '`without`', removed.key)));
  return place.holding(mergeMaps(place, node, inherited));
}

/** The text of the preset that is named there; after a report, of the one that is meant. */
function presetNamed(place: Place, presets: Presets): string | undefined {
  const name = extended.read(place).replace(/^preset:/, '');
  const known = [...presets.keys()];
  if (name === '' || presets.has(name)) return presets.get(name);
  const meant = nearest(name, known);
  const advice = meant === undefined ? ` There is ${known.join(', ')}.` : didYouMean(meant);
  const fix = meant === undefined ? undefined : place.replaceBy(`preset:${meant}`);
  place.error('unknownReference', `No preset is called \`${name}\`.${advice}`, fix);
  return meant === undefined ? undefined : presets.get(meant);
}

/** Parsing takes longer than all the rest, and a manifest is read at every key that is pressed. */
const PARSED = new Map<string, Node | undefined>();

/** A preset's nodes, with its aliases written out. */
function parsed(preset: string): Node | undefined {
  if (!PARSED.has(preset)) {
    const source = new ManifestText(preset);
    PARSED.set(preset, source.root && copyOf(source.root, (node) => source.follow(node)));
  }
  return PARSED.get(preset);
}

/**
 * Nodes without anchors and aliases, the same in meaning.
 * @param follow gives what an alias stands for.
 * @param made sees each copy.
 */
function copyOf(node: Node, follow: (node: Node) => Node | undefined, made?: (copy: Node) => void): Node {
  const copied = (child: Node): Node => copyOf(child, follow, made);
  const target = follow(node);
  let copy: Node;
  if (isMap(target)) {
    const map = new YAMLMap();
    for (const { key, value } of target.items as Entry[]) map.items.push(new Pair(copied(key), value && copied(value)));
    copy = map;
  } else if (isSeq(target)) {
    const seq = new YAMLSeq();
    seq.items.push(...(target.items as Node[]).map(copied));
    copy = seq;
  } else {
    const value = new Scalar(isScalar(target) ? target.value : null);
    if (isScalar(target) && target.source !== undefined) value.source = target.source;
    copy = value;
  }
  made?.(copy);
  return copy;
}

import { isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import { didYouMean, nearest } from '../../base/nearest';
import { ManifestText } from './manifestText';
import { type Located, Place, type Reader } from './reader';

/** A key of a mapping. */
export interface Field<T> {
  readonly reader: Reader<unknown>;
  readonly required: boolean;
  /** The value when the key is left out. */
  readonly missing: T;
}

export type Shape = Readonly<Record<string, Field<unknown>>>;
export type Fields<S extends Shape> = { readonly [K in keyof S]: S[K] extends Field<infer T> ? T : never };

export function required<T>(reader: Reader<T>): Field<T> {
  return { reader, required: true, missing: reader.standIn };
}

export function optional<T>(reader: Reader<T>): Field<T | undefined>;
export function optional<T>(reader: Reader<T>, missing: NoInfer<T>): Field<T>;
export function optional(reader: Reader<unknown>, missing?: unknown): Field<unknown> {
  return { reader, required: false, missing };
}

/** A mapping while it is built: where its keys stand and which are there. */
export interface ObjectPlace<K extends PropertyKey> {
  readonly whole: Place;
  has(key: K): boolean;
  /** The value's place; the mapping's own where the key is left out. */
  at(key: K): Place;
  /** The place of the key itself. */
  keyAt(key: K): Place;
}

/** A reader of a mapping with known keys. */
export interface ObjectReader<T> extends Reader<T> {
  /** What messages and the reference call it, such as `a processor`. */
  readonly noun: string;
  readonly shape: Shape;
}

/** Reads a mapping whose keys are the shape's; `build` makes the value, with the checks that concern several keys. */
export function object<S extends Shape, T>(
  noun: string,
  shape: S,
  build: (fields: Fields<S>, place: ObjectPlace<keyof S>) => T,
): ObjectReader<T> {
  const readAs = (place: Place, pairs: ReadonlyMap<string, Pair<Node, Node | null>>): T => {
    const places = new Map<string, Place>();
    for (const [key, pair] of pairs) places.set(key, place.child(pair.value, `\`${key}\``, pair.key));
    const fields: Record<string, unknown> = {};
    for (const [key, field] of Object.entries(shape)) {
      const at = places.get(key);
      fields[key] = at === undefined ? field.missing : field.reader.read(at);
    }
    return build(fields as Fields<S>, {
      whole: place,
      has: (key) => places.has(String(key)),
      at: (key) => places.get(String(key)) ?? place,
      keyAt: (key) => place.child(pairs.get(String(key))?.key ?? place.node, `\`${String(key)}\``),
    });
  };
  return {
    noun,
    shape,
    get standIn() {
      return readAs(new Place(new ManifestText(''), undefined, noun), new Map());
    },
    read(place) {
      const { node } = place;
      if (!isMap(node)) {
        const known = Object.keys(shape).map((key) => `\`${key}\``);
        return place.expected(`a mapping (${known.slice(0, 6).join(', ')}${known.length > 6 ? ', …' : ''})`, this.standIn);
      }
      const pairs = pairsOf(place, node.items, noun);
      for (const [key, pair] of [...pairs]) {
        if (Object.hasOwn(shape, key)) continue;
        const meant = nearest(
          key,
          Object.keys(shape).filter((candidate) => !isWritten(pairs.get(candidate), place)),
        );
        const advice = meant === undefined ? ` It knows ${Object.keys(shape).join(', ')}.` : didYouMean(meant);
        const at = place.child(pair.key, key);
        at.error(
          'unknownKey',
          `\`${key}\` is no key of ${noun}.${advice}`,
          meant === undefined ? undefined : at.replaceBy(meant),
        );
        // Read as what was meant, so that its value is checked and its absence is not reported as well.
        if (meant !== undefined) pairs.set(meant, pair);
      }
      for (const [key, field] of Object.entries(shape))
        if (field.required && !pairs.has(key)) place.error('missingKey', `\`${key}\` is missing in ${noun}: add it.`);
      return readAs(place, pairs);
    },
  };
}

/** Whether the text itself has the pair: one that a preset brought may be what a misspelt key was meant to override. */
function isWritten(pair: Pair<Node, Node | null> | undefined, place: Place): boolean {
  return pair !== undefined && !place.text.isInherited(pair.key);
}

/** The readable keys of a mapping with their pairs; reports the others, and those that are there twice. */
function pairsOf(place: Place, items: readonly Pair[], noun: string): Map<string, Pair<Node, Node | null>> {
  const pairs = new Map<string, Pair<Node, Node | null>>();
  for (const item of items) {
    const pair = item as Pair<Node, Node | null>;
    const at = place.child(pair.key, 'a key');
    if (!isScalar(at.node) || at.node.value === null) at.error('wrongType', `A key in ${noun} must be a plain word.`);
    else if (pairs.has(at.node.source ?? ''))
      at.error('duplicateKey', `\`${at.node.source}\` is there twice in ${noun}: remove one.`);
    else pairs.set(at.node.source ?? '', pair);
  }
  return pairs;
}

/** A list. */
export function list<T>(item: Reader<T>, { min = 0, of = 'an item' }: { min?: number; of?: string } = {}): Reader<readonly T[]> {
  return {
    standIn: [],
    read(place) {
      const { node } = place;
      if (!isSeq(node)) return place.expected('a list', []);
      if (node.items.length < min) place.error('badValue', `${place.label} is empty: name at least ${min === 1 ? 'one' : min}.`);
      return node.items.map((child) => item.read(place.child(child as Node | null, `${of} of ${place.label}`)));
    },
  };
}

/** A list, or one item without the brackets. */
export function oneOrMany<T>(item: Reader<T>, options: { of?: string } = {}): Reader<readonly T[]> {
  const many = list(item, { min: 1, ...options });
  return { standIn: [], read: (place) => (isSeq(place.node) ? many.read(place) : [item.read(place)]) };
}

/** A mapping from names to values of one kind. */
export function record<T>(name: Reader<string>, value: Reader<T>): Reader<readonly (readonly [Located<string>, T])[]> {
  return {
    standIn: [],
    read(place) {
      if (!isMap(place.node)) return place.expected('a mapping from names to values', []);
      return [...pairsOf(place, place.node.items, place.label)].map(([key, pair]) => {
        const at = place.child(pair.key, `The name \`${key}\``);
        return [{ value: name.read(at), place: at }, value.read(place.child(pair.value, `\`${key}\``, pair.key))] as const;
      });
    },
  };
}

/** Reads a mapping in one of several ways; `choose` looks at its keys, and its scalar values, to say which. */
export function variant<T>(
  standIn: T,
  choose: (keys: ReadonlyMap<string, unknown>, place: Place) => Reader<T> | undefined,
): Reader<T> {
  return {
    standIn,
    read(place) {
      const keys = new Map<string, unknown>();
      if (isMap(place.node))
        for (const { key, value } of place.node.items) if (isScalar(key)) keys.set(key.source ?? '', scalarValue(place, value));
      return choose(keys, place)?.read(place) ?? standIn;
    },
  };
}

function scalarValue(place: Place, value: unknown): unknown {
  const { node } = place.child(value as Node | null, '');
  return isScalar(node) ? node.value : undefined;
}

/**
 * The most root causes that are kept for a partition: those of the earliest dates, by node id within a date. Enough for people to begin
 * with; without a bound a deep pipeline that is mostly empty would need more memory for its causes than for its statuses.
 */
export const MOST_ROOTS = 100;

/**
 * Distinct sets of root causes by number. Set 0 is empty. Equal sets have equal numbers, so that views compare numbers.
 */
export class RootSets {
  /** By number: ascending cells. */
  readonly sets: Int32Array[] = [new Int32Array(0)];
  /** By number: the same in ascending order of date and node id, which does not depend on the order of the file. */
  readonly #keys: Int32Array[] = [new Int32Array(0)];
  readonly #dayCount: number;
  /** By node: its place among the ids; and back. */
  readonly #rank: Int32Array;
  readonly #nodeOfRank: Int32Array;
  /** By cell: number of the set that holds it alone; 0 until it is asked for. */
  readonly #singles: Int32Array;
  readonly #byHash = new Map<number, number[]>();
  #merged = new Int32Array(MOST_ROOTS);
  #spare = new Int32Array(MOST_ROOTS);

  constructor(ids: readonly string[], dayCount: number) {
    this.#dayCount = dayCount;
    this.#nodeOfRank = Int32Array.from([...ids.keys()].sort((a, b) => ((ids[a] ?? '') < (ids[b] ?? '') ? -1 : 1)));
    this.#rank = new Int32Array(ids.length);
    this.#nodeOfRank.forEach((node, rank) => {
      this.#rank[node] = rank;
    });
    this.#singles = new Int32Array(ids.length * dayCount);
  }

  /** The set of one cell. */
  single(cell: number): number {
    const known = this.#singles[cell] ?? 0;
    if (known !== 0) return known;
    const node = Math.floor(cell / this.#dayCount);
    const number = this.#add(Int32Array.of((cell % this.#dayCount) * this.#rank.length + (this.#rank[node] ?? 0)));
    this.#singles[cell] = number;
    return number;
  }

  /** The number of the union of sets. */
  union(numbers: readonly number[]): number {
    const first = numbers[0] ?? 0;
    if (numbers.every((number) => number === first)) return first;
    let length = 0;
    let largest = first;
    let previous = -1;
    for (const number of numbers) {
      const keys = this.#keys[number];
      if (keys === undefined || number === previous) continue;
      previous = number;
      if (keys.length > (this.#keys[largest]?.length ?? 0)) largest = number;
      length = this.#merge(length, keys);
    }
    const keys = this.#merged.subarray(0, length);
    return equal(this.#keys[largest], keys) ? largest : this.#intern(keys);
  }

  /** Merges keys into what was merged so far; the bound keeps the smallest, whatever the order of merging. */
  #merge(length: number, keys: Int32Array): number {
    const from = this.#merged;
    const into = this.#spare;
    let count = 0;
    for (let i = 0, j = 0; count < MOST_ROOTS && (i < length || j < keys.length); count++) {
      const left = i < length ? (from[i] ?? 0) : Number.POSITIVE_INFINITY;
      const right = j < keys.length ? (keys[j] ?? 0) : Number.POSITIVE_INFINITY;
      if (left <= right) i++;
      if (right <= left) j++;
      into[count] = Math.min(left, right);
    }
    this.#merged = into;
    this.#spare = from;
    return count;
  }

  #intern(keys: Int32Array): number {
    let hash = 0;
    for (let i = 0; i < keys.length; i++) hash = (Math.imul(hash, 31) + (keys[i] ?? 0)) | 0;
    const bucket = this.#byHash.get(hash);
    const known = bucket?.find((number) => equal(this.#keys[number], keys));
    if (known !== undefined) return known;
    const number = this.#add(keys.slice());
    if (bucket === undefined) this.#byHash.set(hash, [number]);
    else bucket.push(number);
    return number;
  }

  #add(keys: Int32Array): number {
    const nodes = this.#rank.length;
    const cells = keys.map((key) => (this.#nodeOfRank[key % nodes] ?? 0) * this.#dayCount + Math.floor(key / nodes));
    this.#keys.push(keys);
    return this.sets.push(cells.sort()) - 1;
  }
}

function equal(left: Int32Array | undefined, right: Int32Array): boolean {
  if (left?.length !== right.length) return false;
  for (let i = 0; i < right.length; i++) if (left[i] !== right[i]) return false;
  return true;
}

/**
 * Distinct sets of root causes by number. Set 0 is empty. Equal sets have equal numbers, so that views compare numbers.
 */
export class RootSets {
  readonly sets: Int32Array[] = [new Int32Array(0)];
  /** By cell: number of the set that holds it alone; 0 until it is asked for. */
  readonly #singles: Int32Array;
  readonly #byHash = new Map<number, number[]>();
  #scratch = new Int32Array(64);

  constructor(cells: number) {
    this.#singles = new Int32Array(cells);
  }

  single(cell: number): number {
    const known = this.#singles[cell] ?? 0;
    if (known !== 0) return known;
    const number = this.sets.push(Int32Array.of(cell)) - 1;
    this.#singles[cell] = number;
    return number;
  }

  /** The number of the union of sets. */
  union(numbers: readonly number[]): number {
    const first = numbers[0] ?? 0;
    if (numbers.every((number) => number === first)) return first;
    let length = 0;
    for (const number of new Set(numbers)) {
      const set = this.sets[number];
      if (set === undefined) continue;
      if (length + set.length > this.#scratch.length) this.#grow(length + set.length);
      this.#scratch.set(set, length);
      length += set.length;
    }
    return this.#intern(distinct(this.#scratch.subarray(0, length).sort()));
  }

  #intern(cells: Int32Array): number {
    if (cells.length === 0) return 0;
    if (cells.length === 1) return this.single(cells[0] ?? 0);
    let hash = 0;
    for (const cell of cells) hash = (Math.imul(hash, 31) + cell) | 0;
    const bucket = this.#byHash.get(hash);
    const known = bucket?.find((number) => equal(this.sets[number], cells));
    if (known !== undefined) return known;
    const number = this.sets.push(cells.slice()) - 1;
    if (bucket === undefined) this.#byHash.set(hash, [number]);
    else bucket.push(number);
    return number;
  }

  #grow(atLeast: number): void {
    const grown = new Int32Array(Math.max(atLeast, this.#scratch.length * 2));
    grown.set(this.#scratch);
    this.#scratch = grown;
  }
}

/** The distinct values of an ascending array, moved to its start. */
function distinct(ascending: Int32Array): Int32Array {
  let count = 0;
  for (let i = 0; i < ascending.length; i++) {
    if (i === 0 || ascending[i] !== ascending[i - 1]) ascending[count++] = ascending[i] ?? 0;
  }
  return ascending.subarray(0, count);
}

function equal(left: Int32Array | undefined, right: Int32Array): boolean {
  if (left?.length !== right.length) return false;
  for (let i = 0; i < right.length; i++) if (left[i] !== right[i]) return false;
  return true;
}

import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import holes from '../../../samples/nba/holes.json';
import { type Day, parseDay } from '../../../src/base/day';

interface OfPartitions {
  readonly processors: readonly string[];
  /** `2021-11-02..2021-11-04`, both ends included. */
  readonly dates: string;
}

export interface Hole {
  readonly id: string;
  readonly plant: readonly { readonly after: string; readonly sql: string }[];
  readonly journal?: {
    readonly id: string;
    readonly processor: string;
    readonly done: readonly string[];
    readonly failed: string;
  };
  readonly expect: readonly (OfPartitions & { readonly status: string; readonly roots: readonly string[] })[];
  readonly shortFor?: readonly (OfPartitions & { readonly consumer: string })[];
  readonly unexpectedRows?: readonly (OfPartitions & { readonly rows: number })[];
}

export const HOLES: { readonly seed: number; readonly holes: readonly Hole[] } = holes;

/** The makers stay modules of their own, outside of the bundle of tests: they find the repository by where they stand. */
export const sampleMaker = () => load<typeof import('../../../scripts/sample.mjs')>('scripts/sample.mjs');
export const warehouseMaker = () =>
  load<typeof import('../../../samples/nba/generator/warehouse.mjs')>('samples/nba/generator/warehouse.mjs');

function load<T>(file: string): Promise<T> {
  return import(pathToFileURL(resolve(file)).href) as Promise<T>;
}

/** Making the data takes seconds on an idle machine; tests share one copy of it. */
export const PATIENCE_MS = 300_000;

export const warehouseIn = (folder: string): string => join(folder, 'warehouse.duckdb');

export function dayOf(text: string): Day {
  const day = parseDay(text);
  if (day === undefined) throw new Error(`"${text}" is no date`);
  return day;
}

/** Every date of `2021-11-02..2021-11-04`. */
export function daysOf(dates: string): Day[] {
  const [from = '', to = ''] = dates.split('..');
  return daysBetween(dayOf(from), dayOf(to));
}

/** Partitions that an entry of holes.json is about. */
export function partitionsOf({ processors, dates }: OfPartitions): { readonly node: string; readonly day: Day }[] {
  return processors.flatMap((node) => daysOf(dates).map((day) => ({ node, day })));
}

/** Root causes as holes.json writes them, for one partition: see `about` there. */
export function rootsOf(roots: readonly string[], node: string, day: Day): { readonly node: string; readonly day: Day }[] {
  return roots.flatMap((root) => {
    if (root === 'itself') return [{ node, day }];
    const match = /^(\w+) (?:(on the date)|(\d\S+?)(?:\.\.(\S+)| to the (day before|date)))$/.exec(root);
    if (match === null) throw new Error(`"${root}" is no root cause`);
    const [, upstream = '', onDate, from = '', to, until] = match;
    if (onDate !== undefined) return [{ node: upstream, day }];
    const last = to === undefined ? day - (until === 'date' ? 0 : 1) : dayOf(to);
    return daysBetween(dayOf(from), last).map((at) => ({ node: upstream, day: at }));
  });
}

function daysBetween(from: Day, to: Day): Day[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}

import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import type { CoverageCache, KnownCoverage } from '../../app/session/coverageCache';
import { type Logger, messageOf } from '../../base/logger';
import { codeOf, writeDurably } from '../journal/durableFile';

/** Of what is written here; another one is read by another release and ignored by this one. */
const VERSION = 2;

const integers = v.pipe(
  v.string(),
  v.transform((text) => new Int32Array(bytesOf(text, 4))),
);
const doubles = v.pipe(
  v.string(),
  v.transform((text) => new Float64Array(bytesOf(text, 8))),
);

const unavailable = v.object({ error: v.string(), since: v.number() });
const ascendingDays = v.pipe(
  integers,
  v.check((days) => days.every((day, index) => index === 0 || day > (days[index - 1] ?? day)), 'dates are not ascending'),
);
const observed = { days: ascendingDays, readAt: v.number() };

const nodeObservations = v.pipe(
  v.object({
    ...observed,
    rows: integers,
    entities: v.exactOptional(integers),
    keys: v.exactOptional(integers),
    written: v.exactOptional(doubles),
    checks: v.array(doubles),
  }),
  v.check(
    ({ days, rows, entities, keys, written, checks }) =>
      [rows, entities, keys, written, ...checks].every((column) => column === undefined || column.length === days.length),
    'columns differ in length',
  ),
);
const calendarObservations = v.pipe(
  v.object({ ...observed, counts: integers }),
  v.check(({ days, counts }) => counts.length === days.length, 'columns differ in length'),
);

const file = v.object({
  version: v.literal(VERSION),
  probe: v.exactOptional(v.string()),
  memo: v.exactOptional(v.string()),
  // By id, as pairs: as keys of an object some ids, such as `prototype`, would be left out by who reads it.
  nodes: v.array(
    v.tuple([
      v.string(),
      v.object({ key: v.string(), observations: v.exactOptional(nodeObservations), unavailable: v.exactOptional(unavailable) }),
    ]),
  ),
  calendars: v.array(
    v.tuple([
      v.string(),
      v.object({
        key: v.string(),
        observations: v.exactOptional(calendarObservations),
        unavailable: v.exactOptional(unavailable),
        alarm: v.exactOptional(unavailable),
      }),
    ]),
  ),
});

/** `.backfill/cache/coverage.json`: columns as base64 of little-endian numbers, because it is read before anything is shown. */
export class FileCoverageCache implements CoverageCache {
  readonly #path: string;
  readonly #logger: Logger;

  constructor(stateFolder: string, logger: Logger) {
    this.#path = join(stateFolder, 'cache', 'coverage.json');
    this.#logger = logger;
  }

  async load(): Promise<KnownCoverage | undefined> {
    try {
      const read = v.safeParse(file, JSON.parse(await readFile(this.#path, 'utf8')));
      if (read.success) return knownOf(read.output);
      const [issue] = read.issues;
      this.#logger.info(`Ignoring ${this.#path}: ${v.getDotPath(issue) ?? 'all of it'}: ${issue.message}`);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') this.#logger.info(`Ignoring ${this.#path}: ${messageOf(error)}`);
    }
    return undefined;
  }

  async save({ probe, memo, nodes, calendars }: KnownCoverage): Promise<void> {
    const text = JSON.stringify({ version: VERSION, probe, memo, nodes: [...nodes], calendars: [...calendars] }, encoded);
    try {
      await mkdir(dirname(this.#path), { recursive: true });
      await writeDurably(this.#path, text);
    } catch (error) {
      this.#logger.warn(`Coverage is not kept for the next start: ${messageOf(error)}`);
    }
  }
}

function knownOf({ probe, memo, nodes, calendars }: v.InferOutput<typeof file>): KnownCoverage {
  return {
    ...(probe === undefined ? {} : { probe }),
    ...(memo === undefined ? {} : { memo }),
    nodes: new Map(nodes),
    calendars: new Map(calendars),
  };
}

function encoded(_key: string, value: unknown): unknown {
  return ArrayBuffer.isView(value) ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64') : value;
}

/** A copy of its own, because a Buffer may start anywhere in a shared pool. */
function bytesOf(text: string, width: number): ArrayBuffer {
  const bytes = Buffer.from(text, 'base64');
  return Uint8Array.from(bytes.subarray(0, bytes.length - (bytes.length % width))).buffer;
}

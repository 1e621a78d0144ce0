import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as v from 'valibot';
import type { EarlierReport, ReportStore } from '../../app/reportStore';
import { parseDay } from '../../base/day';
import { messageOf } from '../../base/logger';
import { MODES, type Mode, STATUSES } from '../../base/status';
import type { CoverageMemory } from '../../core/handoff/memory';
import { codeOf, writeDurably } from '../journal/durableFile';

/** `20211202T120000000-backfill.json`: sorted by name they are sorted by time. */
const NAME = /^(\d{8}T\d{9})-(\w+)\.json$/;

/** So many are kept, and besides the last of each day, for so many days on which there were any. */
const KEPT = 20;
const KEPT_DAYS = 60;
/** No pipeline has more dates: whatever says so is no file of ours. */
const MOST_DATES = 1_000_000;

const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MOST_DATES));
const instant = v.pipe(
  v.string(),
  v.check((text) => !Number.isNaN(Date.parse(text)), 'no instant'),
);

const file = v.pipe(
  v.object({
    version: v.literal(1),
    pipeline: v.string(),
    mode: v.picklist(MODES),
    writtenAt: instant,
    asOf: v.nullable(instant),
    firstDate: v.nullable(
      v.pipe(
        v.string(),
        v.check((text) => parseDay(text) !== undefined, 'no date'),
      ),
    ),
    states: v.array(
      v.object({
        status: v.picklist(STATUSES),
        reason: v.exactOptional(v.string()),
        waived: v.exactOptional(v.literal(true)),
      }),
    ),
    processors: v.array(v.object({ id: v.string(), runs: v.array(count) })),
  }),
  v.check(
    ({ states, processors }) =>
      processors.every(({ runs }) => {
        let dates = 0;
        for (let index = 0; index < runs.length; index += 2) {
          if ((runs[index] ?? 0) >= states.length) return false;
          dates += runs[index + 1] ?? 0;
        }
        return runs.length % 2 === 0 && dates <= MOST_DATES;
      }),
    'its columns are broken',
  ),
);

/** `.backfill/reports/`: a file for each report. */
export class ReportFolder implements ReportStore {
  readonly #folder: string;

  constructor(stateFolder: string) {
    this.#folder = join(stateFolder, 'reports');
  }

  async last(pipeline: string, mode: Mode, before = Number.POSITIVE_INFINITY): Promise<EarlierReport> {
    const broken: string[] = [];
    let problem: string | undefined;
    try {
      for (const name of (await this.#names()).toReversed()) {
        if (NAME.exec(name)?.[2] !== mode) continue;
        try {
          const memory = await this.read(join(this.#folder, name));
          if (memory.pipeline !== pipeline || Date.parse(memory.writtenAt) >= before) continue;
          return { memory, ...told(broken) };
        } catch {
          broken.push(name);
        }
      }
    } catch (error) {
      problem = `Earlier reports cannot be read: ${messageOf(error)}.`;
    }
    return problem === undefined ? told(broken) : { problem };
  }

  async read(path: string): Promise<CoverageMemory> {
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      throw new Error(codeOf(error) === 'ENOENT' ? `There is no ${path}.` : messageOf(error));
    });
    try {
      return v.parse(file, JSON.parse(text));
    } catch (error) {
      throw new Error(`${basename(path)} is not what a report remembers (${messageOf(error)}).`);
    }
  }

  async save(memory: CoverageMemory): Promise<void> {
    const stamp = memory.writtenAt.replace(/[-:.Z]/g, '');
    const path = join(this.#folder, `${stamp}-${memory.mode}.json`);
    await mkdir(dirname(path), { recursive: true });
    await writeDurably(path, JSON.stringify(memory));
    const names = await this.#names();
    const kept = keptReports(names);
    await Promise.all(names.filter((name) => !kept.has(name)).map((name) => rm(join(this.#folder, name), { force: true })));
  }

  /** Oldest first. */
  async #names(): Promise<readonly string[]> {
    const names = await readdir(this.#folder).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    });
    return names.filter((name) => NAME.test(name)).sort();
  }
}

/** @param names oldest first. */
export function keptReports(names: readonly string[]): ReadonlySet<string> {
  const lastOfDay = new Map(names.map((name) => [name.slice(0, 8), name]));
  return new Set([...names.slice(-KEPT), ...[...lastOfDay.values()].slice(-KEPT_DAYS)]);
}

function told(broken: readonly string[]): EarlierReport {
  const [newest] = broken;
  if (newest === undefined) return {};
  const more = broken.length === 1 ? '' : ` and ${broken.length - 1} older`;
  return { problem: `The file ${newest} of an earlier report${more} cannot be read and is passed over.` };
}

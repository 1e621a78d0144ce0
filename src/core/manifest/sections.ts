import type { ObjectReader } from './collections';
import { due, everyCalendar, exclusion, season, tableCalendar } from './dates';
import { logProfile } from './logProfiles';
import { alternative, anyOfNeed, need } from './needs';
import { check, expectation, phase, processor, ratioOf, source } from './nodes';
import { checkpoints, failureTable, history, runStages, runStatuses } from './observers';
import { manifest } from './readManifest';
import { waiver, waiversFile } from './readWaivers';
import { commandRun, sqlRun } from './run';
import { bigqueryWarehouse, duckdbWarehouse, parquetWarehouse } from './warehouse';
import { writtenColumn } from './writes';

export interface SectionKey {
  readonly name: string;
  readonly required: boolean;
}

/** A mapping that a manifest or the waivers may contain, with the keys that it knows. */
export interface Section {
  /** What messages and the reference call it, such as `a processor`. */
  readonly noun: string;
  readonly keys: readonly SectionKey[];
}

function section({ noun, shape }: ObjectReader<unknown>): Section {
  return { noun, keys: Object.entries(shape).map(([name, { required }]) => ({ name, required })) };
}

/** Every mapping that the readers know, for completion, hover and the reference. */
export const SECTIONS = {
  manifest: section(manifest),
  duckdbWarehouse: section(duckdbWarehouse),
  parquetWarehouse: section(parquetWarehouse),
  bigqueryWarehouse: section(bigqueryWarehouse),
  season: section(season),
  tableCalendar: section(tableCalendar),
  everyCalendar: section(everyCalendar),
  exclusion: section(exclusion),
  due: section(due),
  source: section(source),
  phase: section(phase),
  processor: section(processor),
  expectation: section(expectation),
  ratioOf: section(ratioOf),
  check: section(check),
  need: section(need),
  anyOfNeed: section(anyOfNeed),
  alternative: section(alternative),
  sqlRun: section(sqlRun),
  commandRun: section(commandRun),
  writtenColumn: section(writtenColumn),
  failureTable: section(failureTable),
  history: section(history),
  runStages: section(runStages),
  runStatuses: section(runStatuses),
  checkpoints: section(checkpoints),
  logProfile: section(logProfile),
  waiversFile: section(waiversFile),
  waiver: section(waiver),
} as const;

import { dayOf } from '../../src/base/day';
import { counted } from '../../src/base/figures';
import { GAP_STATUSES, STATUSES, type Status, statusCode } from '../../src/base/status';
import type { Snapshot } from '../../src/protocol/snapshot';

/** A cell that is not complete: processor, days after the start of the pipeline, status. */
export type Hole = readonly [id: string, offset: number, status: Status];

export const SNAPSHOT_START = dayOf(2021, 10, 19);
/** Two seasons with 40 days between them. */
export const SEASON_DAYS = [60, 45] as const;
const BETWEEN = 40;
const NODES: readonly (readonly [id: string, name: string, phase: string, phaseName: string, upstream: readonly number[]])[] = [
  ['BOX', 'Box scores', 'sources', 'Sources', []],
  ['PGS', 'Player game summary', 'phase3', 'Analytics', [0]],
  ['TDGS', 'Team defense game summary', 'phase3', 'Analytics', [0]],
  ['TDZA', 'Team defense zone analysis', 'phase4', 'Precompute', [2]],
  ['PDC', 'Player daily cache', 'phase4', 'Precompute', [1]],
  ['PCF', 'Player composite factors', 'phase4', 'Precompute', [1, 3]],
  ['MLFS', 'ML feature store', 'phase4', 'Precompute', [4, 5]],
];

const GAPS: ReadonlySet<Status> = new Set(GAP_STATUSES);
/** The root of every blocked hole: PDC on the 18th date. */
const CAUSE_OFFSET = 17;
const PDC_SET = 1;

/** A snapshot in which everything is complete but for bootstrap dates in phase 4, Mondays off, and the given holes. */
export function snapshotWith(holes: readonly Hole[]): Snapshot {
  const dayCount = SEASON_DAYS[0] + BETWEEN + SEASON_DAYS[1];
  const size = NODES.length * dayCount;
  const status = new Uint8Array(size).fill(statusCode('complete'));
  const off = new Uint8Array(size).fill(255);
  const rows = new Int32Array(size).fill(120);
  const rootSet = new Int32Array(size);
  const dates = new Uint8Array(dayCount).fill(3);
  const roots: number[] = [];
  const turnOff = (cell: number, kind: number): void => {
    status[cell] = statusCode('off');
    off[cell] = kind;
    rows[cell] = 0;
  };
  for (let offset = 0; offset < dayCount; offset++) {
    const between = offset >= SEASON_DAYS[0] && offset < SEASON_DAYS[0] + BETWEEN;
    const monday = offset % 7 === 6;
    NODES.forEach(([, , phase], node) => {
      const cell = node * dayCount + offset;
      if (between) turnOff(cell, 3);
      else if (monday) turnOff(cell, 0);
      else if (phase === 'phase4' && (offset < 14 || (offset >= 100 && offset < 114))) turnOff(cell, 1);
    });
    if (between || monday) dates[offset] = 0;
  }
  for (const [id, offset, word] of holes) {
    const cell = NODES.findIndex(([candidate]) => candidate === id) * dayCount + offset;
    status[cell] = statusCode(word);
    off[cell] = 255;
    rows[cell] = ['missing', 'blocked', 'failed'].includes(word) ? 0 : 60;
    const fromCause = word === 'blocked' || (id === 'PDC' && offset === CAUSE_OFFSET);
    if (GAPS.has(word)) rootSet[cell] = fromCause ? PDC_SET : roots.push(cell) + 1;
    if (id !== 'BOX') dates[offset] = word === 'running' ? 1 : 2;
  }
  const caused = rootSet.filter((set) => set === PDC_SET).length;
  const gaps = holes.filter(([id, , word]) => id !== 'BOX' && GAPS.has(word)).length;
  return {
    version: 1,
    pipeline: 'NBA seasons',
    manifest: 'backfill.yaml',
    mode: 'backfill',
    asOf: Date.UTC(2022, 5, 1, 12),
    source: 'warehouse',
    firstDay: SNAPSHOT_START,
    dayCount,
    nodes: NODES.map(([id, name, phase, phaseName, upstream]) => ({
      id,
      name,
      phase,
      phaseName,
      isSource: phase === 'sources',
      upstream,
    })),
    seasons: [
      { name: '2021-22', from: SNAPSHOT_START, to: SNAPSHOT_START + SEASON_DAYS[0] - 1 },
      { name: '2022-23', from: SNAPSHOT_START + SEASON_DAYS[0] + BETWEEN, to: SNAPSHOT_START + dayCount - 1 },
    ],
    status,
    off,
    rows,
    expectedRows: new Int32Array(size).fill(100),
    flags: new Uint8Array(size),
    rootSet,
    rootTexts: ['', 'PDC 2021-11-05: 36 rows, MLFS needs 100', ...roots.map(() => 'Nothing ran it')],
    rootCells: [new Int32Array(), new Int32Array([4 * dayCount + CAUSE_OFFSET]), ...roots.map((cell) => new Int32Array([cell]))],
    causes: [
      { headline: `${counted(caused, 'gap')}, 1 cause: PDC below 100 rows`, gaps: caused },
      { headline: `${counted(gaps - caused, 'gap')}, ${counted(roots.length, 'cause')}: never run`, gaps: gaps - caused },
    ],
    causeOfSet: new Int32Array([-1, 0, ...roots.map(() => 1)]),
    dates,
    gaps,
  };
}

/** One hole of each status side by side, for looking at. */
export function everyStatus(): readonly Hole[] {
  return STATUSES.filter((word) => word !== 'off').map((word, index) => ['MLFS', 120 + index, word]);
}

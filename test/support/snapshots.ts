import { dayOf } from '../../src/base/day';
import { STATUSES, type Status, statusCode } from '../../src/base/status';
import type { Snapshot } from '../../src/protocol/snapshot';

/** A cell that is not complete: processor, days after the start of the pipeline, status. */
export type Hole = readonly [id: string, offset: number, status: Status];

export const SNAPSHOT_START = dayOf(2021, 10, 19);
/** Two seasons with 40 days between them. */
export const SEASON_DAYS = [60, 45] as const;
const BETWEEN = 40;
const NODES: readonly (readonly [string, string, string, string])[] = [
  ['BOX', 'Box scores', 'sources', 'Sources'],
  ['PGS', 'Player game summary', 'phase3', 'Analytics'],
  ['TDGS', 'Team defense game summary', 'phase3', 'Analytics'],
  ['TDZA', 'Team defense zone analysis', 'phase4', 'Precompute'],
  ['PDC', 'Player daily cache', 'phase4', 'Precompute'],
  ['PCF', 'Player composite factors', 'phase4', 'Precompute'],
  ['MLFS', 'ML feature store', 'phase4', 'Precompute'],
];

/** A snapshot in which everything is complete but for bootstrap dates in phase 4, Mondays off, and the given holes. */
export function snapshotWith(holes: readonly Hole[]): Snapshot {
  const dayCount = SEASON_DAYS[0] + BETWEEN + SEASON_DAYS[1];
  const size = NODES.length * dayCount;
  const status = new Uint8Array(size).fill(statusCode('complete'));
  const off = new Uint8Array(size).fill(255);
  const rows = new Int32Array(size).fill(120);
  const rootSet = new Int32Array(size);
  const dates = new Uint8Array(dayCount).fill(3);
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
    rootSet[cell] = 1;
    if (id !== 'BOX') dates[offset] = word === 'running' ? 1 : 2;
  }
  return {
    version: 1,
    pipeline: 'NBA seasons',
    manifest: 'backfill.yaml',
    mode: 'backfill',
    asOf: Date.UTC(2022, 5, 1, 12),
    source: 'warehouse',
    firstDay: SNAPSHOT_START,
    dayCount,
    nodes: NODES.map(([id, name, phase, phaseName]) => ({ id, name, phase, phaseName, isSource: phase === 'sources' })),
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
    rootTexts: ['', 'PDC 2021-11-05: 36 rows, MLFS needs 100'],
    rootCells: [new Int32Array(), new Int32Array([0])],
    dates,
    gaps: holes.filter(([id]) => id !== 'BOX').length,
  };
}

/** One hole of each status side by side, for looking at. */
export function everyStatus(): readonly Hole[] {
  return STATUSES.filter((word) => word !== 'off').map((word, index) => ['MLFS', 120 + index, word]);
}

import type { Snapshot, SnapshotChange } from './snapshot';

/**
 * The newer snapshot, or undefined when the change belongs to another version: then the view asks for the whole.
 * The older snapshot is left as it was.
 */
export function applyChange(snapshot: Snapshot, change: SnapshotChange): Snapshot | undefined {
  if (snapshot.version !== change.base) return undefined;
  const status = snapshot.status.slice();
  const off = snapshot.off.slice();
  const rows = snapshot.rows.slice();
  const expectedRows = snapshot.expectedRows.slice();
  const flags = snapshot.flags.slice();
  const rootSet = snapshot.rootSet.slice();
  change.cells.forEach((cell, index) => {
    status[cell] = change.status[index] ?? 0;
    off[cell] = change.off[index] ?? 0;
    rows[cell] = change.rows[index] ?? 0;
    expectedRows[cell] = change.expectedRows[index] ?? 0;
    flags[cell] = change.flags[index] ?? 0;
    rootSet[cell] = change.rootSet[index] ?? 0;
  });
  const { problem: _oldProblem, asOf: _oldAsOf, ...kept } = snapshot;
  const { asOf, problem } = change;
  return {
    ...kept,
    version: change.version,
    ...(asOf === undefined ? {} : { asOf }),
    ...(problem === undefined ? {} : { problem }),
    source: change.source,
    status,
    off,
    rows,
    expectedRows,
    flags,
    rootSet,
    rootTexts: change.rootTexts,
    rootCells: change.rootCells,
    causes: change.causes,
    causeOfSet: change.causeOfSet,
    dates: change.dates,
    gaps: change.gaps,
  };
}

import { formatDay, weekdayOf } from '../../src/base/day';
import { DATE_STATUSES, OFF_KINDS, type OffKind, STATUSES, type Status } from '../../src/base/status';
import type { Snapshot } from '../../src/protocol/snapshot';
import type { Hit } from './layout';

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const OFF_WORDS: Readonly<Record<OffKind, string>> = {
  offDay: 'off-day',
  bootstrap: 'bootstrap',
  excluded: 'excluded',
  outside: 'outside the seasons',
  future: 'future',
  notDue: 'not due yet',
};

/** What there is to say about a cell, for the tooltip and for screen readers. */
export interface CellDescription {
  readonly title: string;
  readonly status: Status;
  readonly word: string;
  readonly facts: readonly string[];
}

export function describe(snapshot: Snapshot, hit: Hit): CellDescription {
  const date = `${formatDay(hit.day)}, ${WEEKDAYS[weekdayOf(hit.day)] ?? ''}`;
  const index = hit.day - snapshot.firstDay;
  if (hit.node === undefined) {
    const word = DATE_STATUSES[snapshot.dates[index] ?? 0] ?? 'off';
    const status: Status = word === 'incomplete' ? 'missing' : word;
    return { title: date, status, word, facts: ['All processors of this date.'] };
  }
  const cell = hit.node * snapshot.dayCount + index;
  const node = snapshot.nodes[hit.node];
  const status = STATUSES[snapshot.status[cell] ?? 0] ?? 'off';
  const flags = snapshot.flags[cell] ?? 0;
  const rows = snapshot.rows[cell] ?? -1;
  const expected = snapshot.expectedRows[cell] ?? 0;
  const facts: string[] = [];
  if (rows >= 0 && (rows > 0 || status !== 'off')) {
    facts.push(`${count(rows, 'row')}${expected > 1 ? `, expects at least ${expected.toLocaleString('en')}` : ''}`);
  }
  const root = snapshot.rootTexts[snapshot.rootSet[cell] ?? 0];
  if (root !== undefined && root !== '') facts.push(root);
  if ((flags & 1) !== 0) facts.push('Rows where none are expected');
  if ((flags & 2) !== 0) facts.push('Waived');
  if ((flags & 4) !== 0) facts.push('Last read failed: this is the last good answer');
  if ((flags & 8) !== 0) facts.push('Too little for a processor that needs it');
  const off = OFF_KINDS[snapshot.off[cell] ?? 255];
  return {
    title: `${node?.id ?? ''} · ${date}`,
    status,
    word: status === 'off' && off !== undefined ? `off: ${OFF_WORDS[off]}` : status,
    facts,
  };
}

function count(amount: number, noun: string): string {
  return `${amount.toLocaleString('en')} ${noun}${amount === 1 ? '' : 's'}`;
}

/** One sentence for screen readers. */
export function sentence(description: CellDescription): string {
  return [description.title, description.word, ...description.facts].join('. ');
}

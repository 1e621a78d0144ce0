import { type Day, formatDay, formatRange, rangesOf } from '../base/day';
import { counted, formatCount } from '../base/figures';
import type { OffKind } from '../base/status';
import type { Overlay, PartitionKey, PartitionRef, Reason, Root } from './coverage/coverage';

/** `PDC 2021-11-05`: how a partition is named in keys, journals and to people. */
export function partitionKey(nodeId: string, day: Day): PartitionKey {
  return `${nodeId} ${formatDay(day)}`;
}

/** `Bootstrap, day 3 of 14`. The detail is what `Reason` of kind `off` carries. */
export function offText(kind: OffKind, detail: string): string {
  switch (kind) {
    case 'offDay':
      return detail === '' ? 'Off day' : `No ${detail}`;
    case 'bootstrap':
      return detail === '' ? 'Bootstrap' : `Bootstrap, ${detail}`;
    case 'excluded':
      return detail === '' ? 'Excluded' : `Excluded: ${detail}`;
    case 'outside':
      return 'Outside the seasons';
    case 'future':
      return 'In the future';
    case 'notDue':
      return `Not due before ${detail}`;
  }
}

/** `attempt a1 ended without an error and left no rows; its log says: skipped, no games`. */
function attemptText({ attempt, message }: { readonly attempt: string; readonly message?: string }, otherwise: string): string {
  return `attempt ${attempt} ${message?.startsWith('it ended') === true ? message.slice(3) : otherwise}`;
}

/** The cause in one line, without the partition it is about: `PDC 2021-11-05: 36 rows, needs 100 rows`. */
export function reasonText(reason: Reason): string {
  switch (reason.kind) {
    case 'neverRun':
      return 'no rows, and no backfill ran it';
    case 'emptied':
      return `attempt ${reason.attempt} left rows, and they are gone`;
    case 'failed':
      return `the last run failed: ${reason.message === '' ? reason.category : reason.message}`;
    case 'interrupted':
      return `the last run was interrupted (backfill ${reason.backfill})`;
    case 'wroteNothing':
      return attemptText(reason, 'ended without an error and changed nothing');
    case 'succeededButEmpty':
      return attemptText(reason, 'ended without an error and left no rows');
    case 'torn':
      return `attempt ${reason.attempt} died after it had changed the partition`;
    case 'cleaned':
      return `deleted on ${new Date(reason.at).toISOString().slice(0, 16).replace('T', ' ')} UTC${reason.message === '' ? '' : ` ${reason.message}`} (backfill ${reason.backfill})`;
    case 'upstream':
      return `${refText(reason.partition)}: ${reason.have}, needs ${reason.need}`;
    case 'shortFor':
      return `has ${reason.have}, ${reason.consumer} needs ${reason.need}`;
    case 'belowExpectation':
      return `${reason.have}, expects ${reason.need}`;
    case 'missingEntities':
      return `missing: ${listText(reason.names, 10)}`;
    case 'checkFailed':
      return `check "${reason.name}" holds for ${percent(reason.ratio)} of the rows, needs ${percent(reason.need)}`;
    case 'duplicates':
      return `${counted(reason.rows, 'row')} for ${counted(reason.keys, 'key')}`;
    case 'inputsChanged':
      return `built before ${listText(reason.upstream.map(refText), 3)} changed`;
    case 'off':
      return offText(reason.off, reason.detail);
    case 'unavailable':
      return reason.error;
  }
}

/** `PDC 2021-11-05 has 36 rows, MLFS needs 100 rows`; `PCF 2021-11-05 is missing`. */
export function rootText(root: Root): string {
  const key = partitionKey(root.node, root.day);
  if (root.consumer !== undefined)
    return `${key} has ${root.have}, ${root.consumer} needs ${root.need === 'complete' ? 'it' : root.need}`;
  switch (root.status) {
    case 'missing':
    case 'failed':
    case 'running':
    case 'queued':
    case 'unknown':
      return `${key} is ${root.status}`;
    case 'blocked':
      return `${key} has ${root.have}, needs ${root.need}`;
    case 'suspect':
    case 'partial':
    case 'stale':
    case 'complete':
    case 'off':
      return `${key} is ${root.status}: ${root.have}, needs ${root.need}`;
  }
}

/** What to do about a root cause, in one sentence. */
export function fixText(root: Root): string {
  const key = partitionKey(root.node, root.day);
  switch (root.fix) {
    case 'run':
      return `Run ${key}.`;
    case 'wait':
      return `Wait for ${key}.`;
    case 'mendSource':
      return `Mend the source ${root.node} on ${formatDay(root.day)}: no processor makes it.`;
    case 'lowerOrWaive':
      return `Lower what ${root.consumer ?? root.node} needs, or waive the gap: running ${key} again changes nothing.`;
    case 'look':
      return `Look at why ${key} ${root.status === 'unknown' ? 'cannot be read' : 'failed'} before you run it again.`;
  }
}

export function overlayText(overlay: Overlay): string {
  switch (overlay.kind) {
    case 'waived':
      return `waived by ${overlay.author}${overlay.until === undefined ? '' : ` until ${overlay.until}`}: ${overlay.reason}`;
    case 'waiverExpired':
      return `its waiver by ${overlay.author} expired on ${overlay.until}: ${overlay.reason}`;
    case 'unknown':
      return `last good answer, because reading fails: ${overlay.error}`;
    case 'shortFor':
      return `too little for ${overlay.consumer}: has ${overlay.have}, needs ${overlay.need}`;
    case 'unexpectedRows':
      return `${counted(overlay.rows, 'row')} where nothing is expected`;
  }
}

/** `PDC 2021-11-05`. */
export function refText({ node, day }: PartitionRef): string {
  return partitionKey(node, day);
}

/** `a, b, c and 4 more`. */
export function listText(items: readonly string[], most: number): string {
  const shown = items.slice(0, most).join(', ');
  return items.length > most ? `${shown} and ${formatCount(items.length - most)} more` : shown;
}

/** `2021-11-05, 2021-11-07 to 2021-11-09 and 12 more`, of dates in any order. */
export function rangesText(days: readonly Day[], most: number): string {
  return listText(rangesOf([...new Set(days)].sort((a, b) => a - b)).map(formatRange), most);
}

/** `62 %`, `99.4 %`: never rounded up to a whole that is not reached. */
export function percent(ratio: number): string {
  return `${(Math.floor(ratio * 1000 + 1e-9) / 10).toString()} %`;
}

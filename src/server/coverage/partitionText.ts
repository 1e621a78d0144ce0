import { type Day, formatDay } from '../../base/day';
import { counted } from '../../base/figures';
import type { Explanation, Root } from '../../core/coverage/coverage';
import { overlayText, reasonText } from '../../core/words';

/** What stands beside a date: `blocked · PDC 36 of 100`. */
export function partitionText(explanation: Explanation): string {
  const { status, reasons, roots, overlays, node, day } = explanation;
  const [reason] = reasons;
  const waiver = overlays.find(({ kind }) => kind === 'waived');
  const unexpected = overlays.find(({ kind }) => kind === 'unexpectedRows');
  const parts: string[] = [];
  if (status === 'off') {
    parts.push(reason === undefined ? 'off' : lowered(reasonText(reason)));
    if (unexpected !== undefined) parts.push(overlayText(unexpected));
  } else {
    parts.push(waiver === undefined ? status : `waived · ${status}`);
    const elsewhere = roots.filter((root) => root.node !== node || root.day !== day);
    if (waiver !== undefined) parts.push(waiver.kind === 'waived' ? waiver.reason : '');
    else if (elsewhere.length > 0) parts.push(rootsText(elsewhere, day));
    else if (status === 'complete') parts.push(counted(explanation.rows, 'row'));
    else if (reason !== undefined && status !== 'running' && status !== 'queued') parts.push(reasonText(reason));
  }
  return parts.filter((part) => part !== '').join(' · ');
}

/** `PDC 36 of 100`, `BOX missing and 2 more`. */
function rootsText([first, ...others]: readonly Root[], day: Day): string {
  if (first === undefined) return '';
  return `${rootShort(first, day)}${others.length > 0 ? ` and ${others.length} more` : ''}`;
}

/** A root cause in a few words; the date only where it is another one. */
function rootShort({ node, day, status, have, need, consumer }: Root, seenFrom: Day): string {
  const name = day === seenFrom ? node : `${node} ${formatDay(day)}`;
  if (consumer === undefined && (status === 'missing' || status === 'failed' || status === 'running' || status === 'queued')) {
    return `${name} ${status}`;
  }
  const [haveNumber, haveUnit] = split(have);
  const [needNumber, needUnit] = split(need);
  const comparable = haveNumber !== '' && needNumber !== '' && haveUnit === needUnit;
  return comparable ? `${name} ${haveNumber} of ${needNumber}` : `${name} ${have}, needs ${need}`;
}

/** `36 rows` as `36` and `row`. */
function split(amount: string): readonly [number: string, unit: string] {
  const match = /^(\d[\d,.]*) (\w+?)s?$/.exec(amount);
  return match === null ? ['', amount] : [match[1] ?? '', match[2] ?? ''];
}

function lowered(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

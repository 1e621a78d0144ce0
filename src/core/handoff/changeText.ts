import { formatDay } from '../../base/day';
import { groupBy } from '../../base/groupBy';
import { OFF_WORDS } from '../coverage/absenceWords';
import { rangesText } from '../words';
import { CHANGE_KINDS, type ChangeKind, type StatusChange } from './changes';
import type { RememberedState } from './memory';

/** The same change of one processor, on all of its dates. */
export interface ChangeLine {
  readonly processor: string;
  readonly dates: number;
  /** `2021-11-05 to 2021-11-09 and 2 more`. */
  readonly when: string;
  /** `missing → complete`. */
  readonly what: string;
}

const MOST_RANGES = 6;

/** The changes of each kind, by processor and what changed: most dates first. */
export function changeLines(ranges: readonly StatusChange[]): ReadonlyMap<ChangeKind, readonly ChangeLine[]> {
  const told = ranges.filter(isTold);
  const kinds = groupBy(told, ({ kind }) => kind);
  return new Map(
    CHANGE_KINDS.flatMap((kind) => {
      const same = groupBy(kinds.get(kind) ?? [], ({ processor, before, after }) =>
        [processor, stateText(before), stateText(after)].join('\n'),
      );
      const lines = [...same.values()].flatMap((group): ChangeLine[] => {
        const [first] = group;
        if (first === undefined) return [];
        const days = group.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, index) => from + index));
        const what = `${stateText(first.before)} → ${stateText(first.after)}`;
        return [{ processor: first.processor, dates: days.length, when: rangesText(days, MOST_RANGES), what }];
      });
      return lines.length === 0 ? [] : [[kind, lines.sort((a, b) => b.dates - a.dates)] as const];
    }),
  );
}

/** Dates that nothing is or was expected of tell nobody anything. */
function isTold({ before, after }: StatusChange): boolean {
  const isIdle = (state: RememberedState | null) => state === null || state.status === 'off';
  return !(isIdle(before) && isIdle(after));
}

/** `blocked (upstream PDC)`, `off (bootstrap)`, `not a date of the pipeline`. */
function stateText(state: RememberedState | null): string {
  if (state === null) return 'not there';
  const { status, reason, waived } = state;
  const word = reason === undefined ? '' : (OFF_WORDS[reason as keyof typeof OFF_WORDS] ?? spaced(reason));
  const isPlain = word === '' || reason === 'neverRun' || reason === 'unavailable';
  const parts = [...(isPlain ? [] : [word]), ...(waived === true ? ['waived'] : [])];
  return parts.length === 0 ? status : `${status} (${parts.join(', ')})`;
}

/** `wroteNothing` as people write it; what it is about stays as it is. */
function spaced(reason: string): string {
  const [kind = '', ...about] = reason.split(' ');
  return [kind.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`), ...about].join(' ');
}

/** A change as data for other tools. */
export function changeReport({ processor, from, to, kind, before, after }: StatusChange): Readonly<Record<string, unknown>> {
  return { processor, from: formatDay(from), to: formatDay(to), kind, before, after };
}

import { parseDay } from '../day';
import { printSelection } from './print';
import { groupOf, type StatusWord, type Term } from './selection';

/** A selection as pickers and options have it: one group. Dates are ISO; absent and empty parts restrict nothing. */
export interface SelectionParts {
  readonly processors?: readonly string[];
  /** Beside the processors: those of these phases. */
  readonly phases?: readonly string[];
  readonly dates?: readonly string[];
  /** Inclusive. */
  readonly from?: string;
  readonly to?: string;
  readonly choices?: readonly StatusWord[];
}

/** What the parts mean, in words. Without choices, or with those of every gap, nothing is said of statuses: that is what runs. */
export function selectionText({ processors = [], phases = [], dates = [], from, to, choices = [] }: SelectionParts): string {
  const day = (text: string | undefined) => (text === undefined ? undefined : parseDay(text));
  const [start, end] = [day(from), day(to)];
  const terms: Term[] = [
    ...processors.map((id): Term => ({ kind: 'processor', id })),
    ...phases.map((id): Term => ({ kind: 'phase', id })),
    ...dates.flatMap((text): Term[] => {
      const named = day(text);
      return named === undefined ? [] : [{ kind: 'date', day: named }];
    }),
    ...choices.map((word): Term => ({ kind: 'status', word })),
  ];
  if (start !== undefined || end !== undefined)
    terms.push({ kind: 'range', ...(start !== undefined && { from: start }), ...(end !== undefined && { to: end }) });
  const group = groupOf(terms, []);
  const isDefault = group.statuses.length === 1 && group.statuses[0] === 'gaps';
  return printSelection({ groups: [isDefault ? { ...group, statuses: [] } : group] });
}

import { formatDay, formatRange } from '../../base/day';
import { counted, formatCount } from '../../base/figures';
import type { WaiverFact } from '../../core/waivers/waiverFacts';
import { csv, markdownTable, tableLines } from '../table';
import { type Terminal, type Tone, toned } from '../terminal';

const TITLES = ['Node', 'Dates', 'State', 'Gaps', 'Until', 'Author', 'Reason'] as const;
const TONES: Readonly<Record<WaiverFact['state'], Tone>> = { holds: 'good', expired: 'warning', unknown: 'bad' };

/** A line a waiver, and what to do about those that hold no more. */
export function waiversText(facts: readonly WaiverFact[], terminal: Pick<Terminal, 'width' | 'color'>): readonly string[] {
  if (facts.length === 0) return ['There are no waivers.'];
  const columns = TITLES.map((title) => ({
    title,
    ...(title === 'Gaps' && { align: 'right' as const }),
    ...((title === 'Reason' || title === 'Author') && { shrinks: true }),
  }));
  const rows = facts.map((fact) => rowOf(fact).map((text, at) => (at === 2 ? { text, tone: TONES[fact.state] } : text)));
  const expired = facts.filter(({ state }) => state === 'expired');
  const gaps = expired.reduce((sum, fact) => sum + fact.gaps, 0);
  const told =
    expired.length === 0
      ? []
      : [
          '',
          toned(
            terminal,
            'warning',
            `${counted(expired.length, 'waiver')} expired: ${counted(gaps, 'gap')} of theirs count again.`,
          ),
        ];
  return [...tableLines(terminal, columns, rows), ...told];
}

function rowOf(fact: WaiverFact): string[] {
  const { node, state, gaps, until, author, reason } = fact;
  return [node, formatRange(fact), state, formatCount(gaps), until === undefined ? 'never' : formatDay(until), author, reason];
}

export function waiversCsv(facts: readonly WaiverFact[]): string {
  const rows = facts.map(({ node, from, to, state, gaps, until, author, reason }) => [
    node,
    formatDay(from),
    formatDay(to),
    state,
    gaps,
    until === undefined ? '' : formatDay(until),
    author,
    reason,
  ]);
  return csv(['node', 'from', 'to', 'state', 'gaps', 'until', 'author', 'reason'], rows);
}

export function waiversMarkdown(facts: readonly WaiverFact[]): string {
  return markdownTable(
    TITLES.map((title) => ({ title })),
    facts.map(rowOf),
  );
}

export function waiversJson(facts: readonly WaiverFact[]) {
  return {
    waivers: facts.map(({ node, from, to, state, gaps, until, author, reason }) => ({
      node,
      from: formatDay(from),
      to: formatDay(to),
      state,
      gaps,
      ...(until !== undefined && { until: formatDay(until) }),
      author,
      reason,
    })),
  };
}

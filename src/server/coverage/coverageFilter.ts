import { formatDay } from '../../base/day';
import { formatCount } from '../../base/figures';
import { STATUSES } from '../../base/status';
import { type CoverageGrid, type CoverageInput, FLAG } from '../../core/coverage/coverage';
import type { CoverageArrangement } from '../../protocol/messages';

/** What of the coverage is shown. */
export interface CoverageFilter {
  /** In words, such as `gaps only`; empty where everything is shown. */
  readonly text: string;
  /** It asks for more than processors and dates: what is shown of a range is no range. */
  readonly byStatus: boolean;
  readonly isShown: (cell: number) => boolean;
}

/** The beginning of a date: `2021`, `2021-11`, `2021-11-05`. */
const DATE = /^\d{4}(-\d{0,2}){0,2}$/;

export function filterOf(
  { gapsOnly = false, statuses = [], text = '' }: CoverageArrangement,
  { pipeline }: CoverageInput,
  grid: CoverageGrid,
): CoverageFilter {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const begins = words.filter((word) => DATE.test(word));
  const names = words.filter((word) => !DATE.test(word));
  const isNamed = pipeline.nodes.map((node) => {
    const phase = node.kind === 'source' ? 'sources' : Object.values(pipeline.phases[node.phase] ?? {}).join(' ');
    const known = `${node.id} ${node.name} ${phase}`.toLowerCase();
    return names.every((word) => known.includes(word));
  });
  const isDated = Array.from({ length: begins.length === 0 ? 0 : grid.dayCount }, (_, offset) =>
    begins.every((word) => formatDay(grid.firstDay + offset).startsWith(word)),
  );
  const codes = new Set(statuses.map((status) => (status === 'waived' ? -1 : STATUSES.indexOf(status))));
  return {
    text: filterText({ gapsOnly, statuses, text: words.join(' ') }),
    byStatus: gapsOnly || statuses.length > 0,
    isShown: (cell) => {
      if (gapsOnly && (grid.rootSet[cell] ?? 0) === 0) return false;
      const waived = ((grid.flags[cell] ?? 0) & FLAG.waived) !== 0;
      if (codes.size > 0 && !codes.has(waived ? -1 : (grid.status[cell] ?? 0))) return false;
      return (
        isNamed[Math.floor(cell / grid.dayCount)] === true && (begins.length === 0 || isDated[cell % grid.dayCount] === true)
      );
    },
  };
}

function filterText({ gapsOnly, statuses, text }: Required<Omit<CoverageArrangement, 'group'>>): string {
  const parts = [
    ...(gapsOnly ? ['gaps only'] : []),
    ...(statuses.length > 0 ? [statuses.join(' or ')] : []),
    ...(text === '' ? [] : [`“${text}”`]),
  ];
  return parts.join(', ');
}

/** How many of all expected partitions a filter shows. */
export function shareText(shown: number, all: number): string {
  return `${formatCount(shown)} of ${formatCount(all)}`;
}

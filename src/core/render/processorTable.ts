import { formatCount } from '../../base/figures';
import type { CoverageGrid, CoverageInput } from '../coverage';
import { type ProcessorReport, processorReports } from '../report';
import type { Scope } from '../scope';
import { listText } from '../words';

/** A table for a terminal, as text: what it looks like is the terminal's business. */
export interface TextTable {
  readonly columns: readonly { readonly title: string; readonly align: 'left' | 'right' }[];
  readonly rows: readonly (readonly string[])[];
}

const COLUMNS = [
  { title: 'Processor', align: 'left' },
  { title: 'Phase', align: 'left' },
  { title: 'Expected', align: 'right' },
  { title: 'Complete', align: 'right' },
  { title: 'Gaps', align: 'right' },
  { title: 'First', align: 'left' },
  { title: 'Last', align: 'left' },
  { title: 'Absent', align: 'left' },
] as const;

const MOST_RANGES = 3;

/** A row a processor: what is expected, complete and a gap, from when to when it has rows, and where they are absent though expected. */
export function processorTable(input: CoverageInput, grid: CoverageGrid, scope: Scope): TextTable {
  return {
    columns: COLUMNS,
    rows: processorReports(input, grid, scope).map((processor) => [
      processor.id,
      processor.phase,
      formatCount(processor.expected),
      formatCount(processor.complete),
      formatCount(processor.gaps),
      processor.firstDate ?? '-',
      processor.lastDate ?? '-',
      absentText(processor),
    ]),
  };
}

/** `2021-10-19 to 2021-11-01: bootstrap`. Off-days between games are the ordinary case and left out. */
function absentText({ absentRanges }: ProcessorReport): string {
  const telling = absentRanges.filter(
    ({ status, reason }) => status !== 'off' || reason === 'bootstrap' || reason === 'excluded',
  );
  return listText(
    telling.map(({ from, to, reason }) => `${from === to ? from : `${from} to ${to}`}: ${reason}`),
    MOST_RANGES,
  );
}

import { type Day, formatDay } from '../../base/day';
import { counted, namesText } from '../../base/figures';
import { groupBy } from '../../base/groupBy';
import type { Mode, Status } from '../../base/status';
import type { PartitionRef } from '../coverage/coverage';
import { runCommandLine } from '../plan/commandLine';
import { refText } from '../words';
import { type Cause, type CauseKind, causeText } from './causes';
import type { Impact, ImpactedPartition } from './impact';

/** Partitions of one processor that are done again for the same kind of reason. */
export interface ImpactGroup {
  readonly processor: string;
  /** Ascending. */
  readonly days: readonly Day[];
  /** Such as `built before PDC changed`. */
  readonly why: string;
}

/** What is done again, in the order in which to do it, summed up for people. */
export function impactGroups({ redo }: Impact): readonly ImpactGroup[] {
  const groups = groupBy(redo, (one) => `${one.node}\n${groupText(one)}`);
  return [...groups.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const days = same.map(({ day }) => day).sort((a, b) => a - b);
    return [{ processor: first.node, days, why: groupText(first) }];
  });
}

/** By the most telling kind of cause, with the nodes that it is about. */
function groupText({ causes }: ImpactedPartition): string {
  const kind = causes[0]?.kind ?? 'need';
  const nodes = [...new Set(causes.filter((cause) => cause.kind === kind).map(({ upstream }) => upstream.node))];
  return KIND_TEXTS[kind](namesText(nodes));
}

const KIND_TEXTS: Readonly<Record<CauseKind, (nodes: string) => string>> = {
  inputChanged: (nodes) => `built before ${nodes} changed`,
  rebuilt: (nodes) => `built before ${nodes} was built again`,
  suspect: (nodes) => `suspect because of ${nodes}`,
  untold: (nodes) => `built from ${nodes}, and nothing tells whether that was rewritten since`,
  waiting: (nodes) => `no rows yet, needs ${nodes}`,
  need: (nodes) => `needs ${nodes}, and what it was built from is not recorded`,
  redone: (nodes) => `needs ${nodes}, which is done again`,
};

/** `14 partitions of PDC and 2 more have to be done again; 3 were built from what is there now.` */
export function impactHeadline({ redo, current }: Impact): string {
  const processors = [...new Set(redo.map(({ node }) => node))];
  const again =
    redo.length === 0
      ? 'Nothing has to be done again'
      : `${counted(redo.length, 'partition')} of ${namesText(processors)} ${redo.length === 1 ? 'has' : 'have'} to be done again`;
  if (current.length === 0) return `${again}.`;
  return `${again}; ${counted(current.length, 'partition')} ${current.length === 1 ? 'was' : 'were'} built from what is there now.`;
}

/** What of the given ones is to be mended first: `TDZA 2021-11-29 is partial itself: mend it first.` Undefined where all are. */
export function unrepairedText({ unrepaired }: Impact): string | undefined {
  const [first] = unrepaired;
  if (first === undefined) return undefined;
  if (unrepaired.length === 1)
    return `${refText(first)} is ${first.status} itself: mend it first, or nothing downstream gets better.`;
  const statuses = namesText([...new Set(unrepaired.map(({ status }) => status))]);
  return `${counted(unrepaired.length, 'date')} are not mended yet (${statuses}): as long as they are not, nothing downstream gets better.`;
}

/** The command that does it again, what is complete included; undefined where nothing is to be done. */
export function impactCommand({ select }: Impact, mode: Mode): string | undefined {
  return select === '' ? undefined : runCommandLine({ select }, mode);
}

/** What `--format json` adds to `asOf`, `source` and `mode`: stable, documented in docs/commandLine.md. */
export interface ImpactReport {
  readonly given: readonly { readonly node: string; readonly date: string }[];
  /** Those of the given ones that are gaps or stale themselves. */
  readonly unrepaired: readonly { readonly node: string; readonly date: string; readonly status: Status }[];
  readonly redo: readonly {
    readonly processor: string;
    readonly date: string;
    readonly status: Status;
    /** null when never read. */
    readonly rows: number | null;
    readonly causes: readonly (Omit<Cause, 'upstream'> & {
      readonly node: string;
      readonly date: string;
      readonly text: string;
    })[];
  }[];
  readonly current: readonly { readonly processor: string; readonly date: string }[];
  /** The selection that means what is done again, and the command that does it; absent where nothing is to be done. */
  readonly select?: string;
  readonly command?: string;
}

export function impactReport(impact: Impact, mode: Mode): ImpactReport {
  const command = impactCommand(impact, mode);
  const placed = ({ node, day }: PartitionRef) => ({ node, date: formatDay(day) });
  return {
    given: impact.given.map(placed),
    unrepaired: impact.unrepaired.map((one) => ({ ...placed(one), status: one.status })),
    redo: impact.redo.map(({ node, day, status, rows, causes }) => ({
      processor: node,
      date: formatDay(day),
      status,
      rows: rows < 0 ? null : rows,
      causes: causes.map((cause) => {
        const { upstream, ...rest } = cause;
        return { ...rest, ...placed(upstream), text: causeText(cause) };
      }),
    })),
    current: impact.current.map(({ node, day }) => ({ processor: node, date: formatDay(day) })),
    ...(command !== undefined && { select: impact.select, command }),
  };
}

/** `PDC 2021-11-05`, or `PDC on 3 dates`. */
export function givenText({ given }: Impact): string {
  const nodes = [...new Set(given.map(({ node }) => node))];
  const [first] = given;
  if (first === undefined) return 'Nothing that is known';
  return given.length === 1
    ? refText(first)
    : `${namesText(nodes)} on ${counted(new Set(given.map(({ day }) => day)).size, 'date')}`;
}

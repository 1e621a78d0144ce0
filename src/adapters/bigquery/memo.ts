import type { PartitionPrints } from './partitions';
import type { TableMetadata } from './tableMetadata';

/** What was there of a table just before it was read. */
export interface TableMemo {
  readonly print: string;
  /** Absent where there is no telling. */
  readonly partitions?: PartitionPrints | undefined;
  /** The column whose dates those are, as `partitionColumnOf` says. */
  readonly by?: string | undefined;
}

/** By path of the manifest. */
export type Memo = ReadonlyMap<string, TableMemo>;

const VERSION = 1;

/** As text, for the next process. */
export function memoText(memo: Memo): string {
  const tables = [...memo].map(([table, { print, partitions, by = '' }]) => [
    table,
    [print, ...(partitions === undefined ? [] : [Object.fromEntries(partitions), by])],
  ]);
  return JSON.stringify({ version: VERSION, tables: Object.fromEntries(tables) as object });
}

/** What cannot be read tells nothing: then everything is read. */
export function readMemo(text: string): Memo {
  try {
    const { version, tables } = JSON.parse(text) as { version?: unknown; tables?: Record<string, unknown> };
    if (version !== VERSION) return new Map();
    return new Map(Object.entries(tables ?? {}).flatMap(([table, value]) => entryOf(table, value)));
  } catch {
    return new Map();
  }
}

function entryOf(table: string, value: unknown): [string, TableMemo][] {
  if (!Array.isArray(value)) return [];
  const [print, partitions, by] = value as unknown[];
  if (typeof print !== 'string') return [];
  if (typeof partitions !== 'object' || partitions === null) return [[table, { print }]];
  const prints = new Map(Object.entries(partitions as Record<string, string>));
  return [[table, { print, partitions: prints, ...(typeof by === 'string' && { by }) }]];
}

/** How long an answer holds of which metadata cannot tell that it changed. */
const BLIND_MS = 15 * 60_000;

/** Another one as soon as an answer of which metadata cannot tell that it changed holds no more. */
export function blindPeriod(now: number): number {
  return Math.floor(now / BLIND_MS);
}

/**
 * A table's fingerprint by free metadata: equal means unchanged. Where metadata do not tell of all rows, as of a view, it is another one
 * every quarter of an hour.
 */
export function tablePrint(table: TableMetadata, now: number): string {
  const { type, lastModifiedTime, numRows, numBytes, streamingBuffer } = table;
  const buffer = streamingBuffer === undefined ? [] : [streamingBuffer.estimatedRows, streamingBuffer.estimatedBytes];
  const blind = isBlind(table) ? [type, blindPeriod(now)] : [];
  return [lastModifiedTime, numRows, numBytes, ...buffer, ...blind].join(' ');
}

/** Whether metadata do not tell of all its rows: those of the streaming buffer they estimate, and not at once. */
export function isBlind({ type, streamingBuffer }: TableMetadata): boolean {
  return (type !== 'TABLE' && type !== 'SNAPSHOT') || streamingBuffer !== undefined;
}

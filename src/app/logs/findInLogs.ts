import { LineProjector, type ShownLine } from '../../core/logs/shownLines';
import type { ByteSource } from './byteSource';

/** Bounds of one search: what is beyond them is told. */
export const FIND_LIMITS = {
  hitsOfLog: 200,
  hits: 2_000,
  /** Of each log the end, in bytes. */
  bytesOfLog: 256 << 20,
  bytes: 2 ** 31,
} as const;

export interface LogHit {
  /** Counts from 1 where the log was read from its beginning; otherwise absent. */
  readonly line?: number;
  /** Where the line begins, in bytes. */
  readonly offset: number;
  /** The line, cut around what was found. */
  readonly text: string;
  /** What was found within the text. */
  readonly start: number;
  readonly length: number;
}

export interface FoundInLog {
  /** Index of the log among those that are searched. */
  readonly log: number;
  readonly hits: readonly LogHit[];
  /** Lines that were found beyond the bounds. */
  readonly more: number;
  /** Bytes at the beginning that were not read. */
  readonly unread: number;
  readonly bytes: number;
}

/** Searches logs for an expression; stops where the signal says. */
export type LogSearch = (
  paths: readonly string[],
  pattern: RegExp,
  options: { readonly signal: AbortSignal; readonly found: (found: FoundInLog) => void },
) => Promise<'done' | 'stopped' | 'tooSlow'>;

const CHUNK = 1 << 20;
const LONGEST = 300;
const BEFORE = 80;

/**
 * What a person typed as an expression. Capitals count only where some were typed.
 * @throws SyntaxError for what is no regular expression.
 */
export function expressionOf(text: string): RegExp {
  const isPlain = text.replace(/\\[A-Za-z]/g, '').toLowerCase() === text.replace(/\\[A-Za-z]/g, '');
  return new RegExp(text, isPlain ? 'i' : '');
}

/**
 * Looks for an expression in the lines of a log as they are shown.
 * @param most hits that are still wanted.
 * @param alive called while it goes on.
 */
export async function findInLog(
  source: ByteSource,
  log: number,
  pattern: RegExp,
  most: number,
  alive: () => void = () => undefined,
): Promise<FoundInLog> {
  const size = (await source.look())?.size ?? 0;
  const unread = Math.max(0, size - FIND_LIMITS.bytesOfLog);
  const hits: LogHit[] = [];
  let more = 0;
  let line = 0;
  const take = ({ offset, text }: ShownLine) => {
    line++;
    const match = pattern.exec(text);
    if (match === null) return;
    if (hits.length >= Math.min(most, FIND_LIMITS.hitsOfLog)) more++;
    else hits.push({ ...(unread === 0 && { line }), offset, ...cutAround(text, match.index, match[0].length) });
  };
  const projector = new LineProjector(unread);
  let bytes = 0;
  while (projector.position < size) {
    const part = await source.read(projector.position, CHUNK);
    if (part.length === 0) break;
    bytes += part.length;
    projector.feed(part, take);
    alive();
  }
  projector.end(take);
  return { log, hits, more, unread, bytes };
}

function cutAround(text: string, start: number, length: number): Pick<LogHit, 'text' | 'start' | 'length'> {
  if (text.length <= LONGEST) return { text, start, length };
  const from = Math.max(0, start - BEFORE);
  const cut = text.slice(from, from + LONGEST);
  const head = from > 0 ? '… ' : '';
  return {
    text: `${head}${cut}${from + LONGEST < text.length ? ' …' : ''}`,
    start: head.length + start - from,
    length: Math.min(length, LONGEST - (start - from)),
  };
}

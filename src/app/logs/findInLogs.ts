import { counted, formatBytes, formatCount } from '../../base/figures';
import { LineProjector, type ShownLine } from '../../core/logs/shownLines';
import { encodingOf, MARK_BYTES, unitOf } from '../../core/logs/textEncoding';
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
  /** Why it could not be read. */
  readonly obstacle?: string;
}

/** How a search ended. */
export type SearchEnd = 'done' | 'stopped' | 'tooSlow';

/** Searches logs for an expression, in their order; stops where the signal says. */
export type LogSearch = (
  paths: readonly string[],
  pattern: RegExp,
  options: {
    readonly signal: AbortSignal;
    readonly found: (found: FoundInLog) => void;
    /** Hits that are told over all logs; as many as `FIND_LIMITS` says where absent. */
    readonly most?: number;
  },
) => Promise<SearchEnd>;

const CHUNK = 1 << 20;
const LONGEST = 300;
const BEFORE = 80;

/** More logs than this are searched by nobody at once. */
export const MOST_LOGS = 5_000;

/**
 * What a search did not look at, a sentence each.
 * @param titles of the logs that were to be searched, in their order; of more than `MOST_LOGS` only the first are.
 */
export function unsearched(how: SearchEnd, found: readonly FoundInLog[], titles: readonly string[]): string[] {
  const sentences: string[] = [];
  const left = titles.length - found.length;
  const next = titles[found.length];
  const notSearched = `${counted(left, 'log')} ${left === 1 ? 'was' : 'were'} not searched`;
  if (how === 'stopped' && left > 0) sentences.push(`Stopped: ${notSearched}.`);
  else if (how === 'tooSlow' && next !== undefined)
    sentences.push(`The expression takes too long on the log of ${next}: ${notSearched}. Make it simpler.`);
  else if (left > 0)
    sentences.push(`${notSearched}, beyond ${formatBytes(FIND_LIMITS.bytes)} or ${formatCount(MOST_LOGS)} logs.`);
  const cut = found.filter(({ unread }) => unread > 0);
  if (cut.length > 0)
    sentences.push(`Of ${counted(cut.length, 'long log')} only the last ${formatBytes(FIND_LIMITS.bytesOfLog)} were searched.`);
  const unreadable = found.filter(({ obstacle }) => obstacle !== undefined);
  const [first] = unreadable;
  if (first !== undefined)
    sentences.push(`${counted(unreadable.length, 'log')} could not be read, such as ${titles[first.log]}: ${first.obstacle}.`);
  return sentences;
}

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
  const encoding = encodingOf(await source.read(0, MARK_BYTES));
  const projector = new LineProjector(unread - (unread % unitOf(encoding)), () => encoding);
  let bytes = 0;
  while (projector.position < size) {
    const part = await source.read(projector.position, CHUNK);
    if (part.length === 0) break;
    bytes += part.length;
    projector.feed(part, take);
    alive();
  }
  projector.end(take);
  return { log, hits, more, unread, bytes, ...(source.obstacle !== undefined && { obstacle: source.obstacle }) };
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

import { encoded, lastLineEnd, type TextEncoding, unitOf } from '../../core/logs/textEncoding';
import type { LogBytes } from './byteSource';

/** A log among those that are shown as one. */
export interface JoinedMember {
  /** Stable, such as its path. */
  readonly key: string;
  /** What stands in the line before it. */
  readonly title: string;
  readonly source: LogBytes;
  /** Something may still be written. */
  readonly open: boolean;
}

/** Bytes of a log, or a line between two logs. */
interface Segment {
  readonly start: number;
  readonly length: number;
  readonly member: JoinedMember;
  /** Where the bytes begin in the log. */
  readonly from: number;
  readonly encoding: TextEncoding;
  readonly head?: Uint8Array;
}

/** How much of what has come is searched for the end of a line, where logs are written side by side. */
const LINE_SEARCH = 1 << 16;
/** After so many looks at which a log that has ended got nothing more, one in so many is at it: there may be thousands of these. */
const QUIET_LOOKS = 40;

/**
 * Many logs as one that only grows: one after the other with a line between them, as `tail` writes it; those that are written at the same
 * time in turns, as their lines come.
 */
export class JoinedLog implements LogBytes {
  #members: readonly JoinedMember[] = [];
  #segments: Segment[] = [];
  /** By key of a member: bytes of it that are in a segment, and which file that was. */
  readonly #taken = new Map<string, { size: number; identity: string }>();
  /** By key of a member: looks in a row at which it got nothing more. */
  readonly #quiet = new Map<string, number>();
  #looks = 0;
  #size = 0;
  #generation = 0;
  #turn: Promise<unknown> = Promise.resolve();

  /** The logs there are now, in the order in which they began. */
  setMembers(members: readonly JoinedMember[]): void {
    this.#members = members;
  }

  /** Whose bytes are at a place; undefined for a line between two logs. */
  memberAt(offset: number): JoinedMember | undefined {
    const segment = this.#segmentAt(offset);
    return segment === undefined || segment.head !== undefined ? undefined : segment.member;
  }

  /** The log that a line between two logs is the title of. */
  titledAt(offset: number): JoinedMember | undefined {
    const segment = this.#segmentAt(offset);
    return segment?.head === undefined ? undefined : segment.member;
  }

  /** A place as one in the log that holds it. */
  placeOf(offset: number): { readonly member: JoinedMember; readonly offset: number } | undefined {
    const segment = this.#segmentAt(offset);
    if (segment === undefined || segment.head !== undefined) return undefined;
    return { member: segment.member, offset: segment.from + offset - segment.start };
  }

  textAt(offset: number): { readonly encoding: TextEncoding; readonly origin: number } {
    const segment = this.#segmentAt(offset);
    return segment === undefined
      ? { encoding: 'utf-8', origin: 0 }
      : { encoding: segment.encoding, origin: segment.start - segment.from };
  }

  look(): Promise<{ readonly size: number; readonly identity: string }> {
    // Two at once would take the same bytes twice.
    const turn = this.#turn.then(() => this.#look());
    this.#turn = turn;
    return turn;
  }

  async read(from: number, length: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let at = from;
    const end = Math.min(this.#size, from + length);
    while (at < end) {
      const segment = this.#segmentAt(at);
      if (segment === undefined) break;
      const skip = at - segment.start;
      const wanted = Math.min(segment.length - skip, end - at);
      const part = segment.head?.subarray(skip, skip + wanted) ?? (await segment.member.source.read(segment.from + skip, wanted));
      if (part.length === 0) break;
      parts.push(part);
      at += part.length;
    }
    return Buffer.concat(parts);
  }

  async #look(): Promise<{ readonly size: number; readonly identity: string }> {
    const inTurns = this.#members.filter(({ open }) => open).length > 1;
    const all = this.#looks++ % QUIET_LOOKS === 0;
    for (const member of this.#members) {
      const quiet = this.#quiet.get(member.key) ?? 0;
      if (!all && !member.open && quiet >= QUIET_LOOKS) continue;
      const found = await member.source.look();
      if (found === undefined) continue;
      const taken = this.#taken.get(member.key);
      if (taken !== undefined && (found.size < taken.size || found.identity !== taken.identity)) {
        this.#forget();
        return this.#look();
      }
      const from = taken?.size ?? 0;
      const whole = found.size - (found.size % unitOf(member.source.textAt(0).encoding));
      const to = inTurns && member.open ? await lineEnd(member.source, from, whole) : whole;
      if (to > from) this.#append(member, from, to);
      this.#taken.set(member.key, { size: Math.max(from, to), identity: found.identity });
      this.#quiet.set(member.key, to > from ? 0 : quiet + 1);
    }
    return { size: this.#size, identity: String(this.#generation) };
  }

  #append(member: JoinedMember, from: number, to: number): void {
    const last = this.#segments.at(-1);
    if (last?.member.key === member.key && last.head === undefined) {
      this.#segments[this.#segments.length - 1] = { ...last, length: last.length + to - from };
      this.#size += to - from;
      return;
    }
    const { encoding } = member.source.textAt(0);
    if (last !== undefined) this.#pushHead(member, '\n', last.encoding);
    this.#pushHead(member, `==> ${member.title} <==\n`, encoding);
    this.#push({ start: this.#size, length: to - from, member, from, encoding });
  }

  /** @param encoding that of what stands before it: it ends a line there. */
  #pushHead(member: JoinedMember, text: string, encoding: TextEncoding): void {
    const head = encoded(text, encoding);
    this.#push({ start: this.#size, length: head.length, member, from: 0, encoding, head });
  }

  #push(segment: Segment): void {
    this.#segments.push(segment);
    this.#size += segment.length;
  }

  #forget(): void {
    this.#segments = [];
    this.#taken.clear();
    this.#quiet.clear();
    this.#size = 0;
    this.#generation++;
  }

  #segmentAt(offset: number): Segment | undefined {
    let low = 0;
    let high = this.#segments.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#segments[middle]?.start ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return this.#segments[low];
  }
}

/** The end of the last whole line between two places; all of it where a line is very long. */
async function lineEnd(source: LogBytes, from: number, to: number): Promise<number> {
  const start = Math.max(from, to - LINE_SEARCH);
  const last = lastLineEnd(await source.read(start, to - start), source.textAt(0).encoding);
  if (last !== -1) return start + last;
  return to - from >= LINE_SEARCH ? to : from;
}

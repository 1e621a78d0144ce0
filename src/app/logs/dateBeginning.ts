import type { CompiledProfile } from '../../core/logs/compiledProfile';
import { datesIn } from '../../core/logs/logDates';
import { readPrefix } from '../../core/logs/logPrefix';
import { LineProjector, LONGEST_SHOWN } from '../../core/logs/shownLines';
import { encoded, newlineIn, unitOf } from '../../core/logs/textEncoding';
import type { LogBytes } from './byteSource';

const BLOCK = 1 << 20;
/** What names a date only where its profile sees no beginning. */
const VERDICTS = ['success', 'failure', 'skipped'] as const;

/**
 * Where the last attempt at a date begins, however far that is from the end: blocks are looked through backwards, and only those in which the
 * date is written at all are read as lines.
 * @param date ISO.
 * @param before only lines that begin before this place.
 * @param isMeant whether a line at a place is of the log that is meant.
 * @returns where the line begins, in bytes; where nothing begins the date, the last line that says how it ended; else undefined.
 */
export async function dateBeginning(
  source: LogBytes,
  profile: CompiledProfile,
  date: string,
  before: number,
  isMeant: (offset: number) => boolean,
): Promise<number | undefined> {
  const written = writtenAs(date);
  let verdict: number | undefined;
  for (let to = before; to > 0; to -= BLOCK) {
    const from = Math.max(0, to - BLOCK);
    const { encoding, origin } = source.textAt(from);
    const unit = unitOf(encoding);
    // The end of the line before tells whether one begins right there.
    const base = Math.max(0, from - unit - ((from - origin) % unit));
    // A line that begins in the block may end beyond it.
    const bytes = Buffer.from(await source.read(base, to - base + LONGEST_SHOWN));
    if (!written.some((text) => bytes.includes(encoded(text, encoding)))) continue;
    const found = newlineIn(bytes, 0, encoding);
    if (base > 0 && found === -1) continue;
    const start = base === 0 ? 0 : found + unit;
    let begun: number | undefined;
    const projector = new LineProjector(base + start, (at) => source.textAt(at).encoding);
    const take = ({ offset, text }: { readonly offset: number; readonly text: string }) => {
      if (offset >= to || !written.some((one) => text.includes(one)) || !isMeant(offset)) return;
      const message = readPrefix(text)?.message ?? text;
      const names = (key: 'dateStart' | (typeof VERDICTS)[number]) =>
        datesIn(profile.match(key, message)?.['date'] ?? '')[0] === date;
      if (names('dateStart')) begun = offset;
      else if (VERDICTS.some(names)) verdict = Math.max(verdict ?? 0, offset);
    };
    projector.feed(bytes.subarray(start), take);
    projector.end(take);
    if (begun !== undefined) return begun;
  }
  return verdict;
}

/** As `datesIn` reads it. */
function writtenAs(date: string): readonly string[] {
  const [year = '', month = '', day = ''] = date.split('-');
  const numbers = [year, String(Number(month)), String(Number(day))];
  return [date, `${year}${month}${day}`, `date(${numbers.join(', ')})`, `date(${numbers.join(',')})`];
}

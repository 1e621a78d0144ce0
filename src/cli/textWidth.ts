import { stripVTControlCharacters } from 'node:util';
import { columnsOf, widthOf } from '../base/textWidth';

/** Columns that a line takes on a terminal; styling takes none. */
export function textWidth(text: string): number {
  return widthOf(stripVTControlCharacters(text));
}

/** The text with spaces up to a width, on its right or, for numbers, on its left. */
export function padded(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const space = ' '.repeat(Math.max(0, width - textWidth(text)));
  return align === 'left' ? text + space : space + text;
}

/** An unstyled text cut to a width, with `…` where something was cut. */
export function fitted(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const character of text) {
    const columns = columnsOf(character);
    if (used + columns > width - 1) break;
    kept += character;
    used += columns;
  }
  return width < 1 ? '' : `${kept}…`;
}

/** Words of an unstyled text on lines of at most a width; a word longer than that keeps a line of its own. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && textWidth(line) + 1 + textWidth(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** Text from elsewhere (a manifest, a job, a database) on one line that cannot steer the terminal. */
export function plain(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\s+/gu, ' ')
    .replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '')
    .trim();
}

import { formatCount } from '../../base/figures';
import { codeBlock, escaped } from '../../base/markdown';
import { shellText } from '../plan/commandLine';

/** What a document needs to know of where it will be. */
export interface HandoffLayout {
  /** The manifest's name, such as `backfill.yaml`. */
  readonly manifest: string;
  /** Where a link to a file is to lead, given its path relative to the manifest's folder; absent where links would lead nowhere. */
  readonly link?: (path: string) => string;
}

/** `2021-12-02 12:00 UTC`: a handoff is read in other zones than it is written in. */
export function instantText(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

/** Items of a list, as many as fit, and how many more there are. */
export function bullets(items: readonly string[], most: number, more: (count: string) => string): string {
  const lines = items.slice(0, most).map((item) => `- ${item}`);
  if (items.length > most) lines.push(`- … ${more(formatCount(items.length - most))}`);
  return lines.join('\n');
}

/** A sentence in italics below a table that says what it does not show. */
export function leftOut(text: string): string {
  return `*${text}*`;
}

/** Cells of plain text. */
export function escapedRows(rows: readonly (readonly string[])[]): string[][] {
  return rows.map((row) => row.map(escaped));
}

const MANIFEST_NAME = 'backfill.yaml';

/** A command as it can be pasted in the manifest's folder. */
export function commandBlock(commands: readonly string[], { manifest }: HandoffLayout): string {
  const option = manifest === MANIFEST_NAME ? '' : ` --manifest ${shellText([manifest])}`;
  return codeBlock('sh', commands.map((command) => command + option).join('\n'));
}

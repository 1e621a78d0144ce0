import { type Document, isMap, isSeq, parseDocument, stringify, type YAMLMap, type YAMLSeq } from 'yaml';
import { type DayRange, formatDay } from '../../base/day';
import type { Waiver } from '../coverage/coverage';
import { readWaivers } from '../manifest/readWaivers';
import type { ManifestProblem } from '../pipeline';

/** A waiver to be written: `until` is asked for, and left out only by somebody who means for ever. */
export interface NewWaiver extends Waiver {
  readonly kind: 'processor' | 'source';
}

/** What a file becomes; or why it is left alone. */
export type WaiversEdit =
  | { readonly text: string; readonly waivers: readonly Waiver[] }
  /** The file has a mistake: whoever edits it could lose what somebody wrote. */
  | { readonly problem: ManifestProblem }
  /** The file is in order, but is written in a way that this edit would not survive. */
  | { readonly byHand: true };

/** The text of `.backfill/waivers.yaml` with waivers at its end. Everything else stays as it is written. Never throws. */
export function addWaivers(text: string, added: readonly NewWaiver[]): WaiversEdit {
  const all = (before: readonly Waiver[]) => [...before, ...added];
  const appended = withLines(text, added);
  const change = (document: Document) => {
    const items = itemsOf(document);
    if (items.items.length === 0) items.flow = false;
    for (const waiver of added) {
      const item = document.createNode(fieldsOf(waiver)) as YAMLMap;
      item.flow = true;
      items.add(item);
    }
  };
  return edited(text, all, change, appended);
}

/** The text with a line a waiver at its end, as it is right where the list is the last thing in the file. */
function withLines(text: string, added: readonly NewWaiver[]): string | undefined {
  const dash = /^waivers:[^\n]*\n(?:\s*(?:#[^\n]*)?\n)*( *)- /m.exec(text.replaceAll('\r\n', '\n'));
  if (dash === null) return undefined;
  const lines = added.map((waiver) => {
    const item = stringify(fieldsOf(waiver), { collectionStyle: 'flow', ...styleOf(text) });
    return `${dash[1]}- ${item.trimEnd()}\n`;
  });
  return `${text.replace(/(?<!\n)$/, '\n')}${lines.join('')}`;
}

/**
 * The text without the waivers of a node on some dates. One that covers other dates, too, keeps those: it is cut, or becomes two. Comments
 * and order of the others stay. Never throws; the same text where nothing of the dates is waived.
 */
export function removeWaivers(text: string, node: string, ranges: readonly DayRange[]): WaiversEdit {
  const left = (waiver: Waiver): readonly Waiver[] =>
    waiver.node === node ? without(waiver, ranges).map((range) => ({ ...waiver, ...range })) : [waiver];
  return edited(
    text,
    (before) => before.flatMap(left),
    (document, before) => {
      const items = itemsOf(document);
      items.items = items.items.flatMap((item, index) => {
        const waiver = before[index];
        if (waiver === undefined || !isMap(item)) return [item];
        const parts = left(waiver);
        if (parts.length === 1 && parts[0]?.from === waiver.from && parts[0].to === waiver.to) return [item];
        return parts.map((part, at) => {
          const kept = at === 0 ? item : (item.clone() as YAMLMap);
          kept.set('from', formatDay(part.from));
          kept.set('to', formatDay(part.to));
          return kept;
        });
      });
    },
  );
}

/** The parts of a range that are in none of the others. */
function without(range: DayRange, taken: readonly DayRange[]): DayRange[] {
  return taken.reduce<DayRange[]>(
    (parts, { from, to }) =>
      parts.flatMap((part) => {
        if (to < part.from || from > part.to) return [part];
        const before = part.from < from ? [{ from: part.from, to: from - 1 }] : [];
        const after = part.to > to ? [{ from: to + 1, to: part.to }] : [];
        return [...before, ...after];
      }),
    [{ from: range.from, to: range.to }],
  );
}

function edited(
  text: string,
  expected: (before: readonly Waiver[]) => readonly Waiver[],
  change: (document: Document, before: readonly Waiver[]) => void,
  /** A text that is taken where it says what is expected. */
  simple?: string,
): WaiversEdit {
  const { waivers: before, problems } = readWaivers(text);
  const problem = problems.find(({ severity }) => severity === 'error');
  if (problem !== undefined) return { problem };
  const waivers = expected(before);
  if (sameWaivers(before, waivers)) return { text, waivers };
  // What was written has to say what was meant, whatever anchors and tags the file holds.
  const isMeant = (written: string) => sameWaivers(readWaivers(written).waivers, waivers);
  if (simple !== undefined && isMeant(simple)) return { text: withEnds(simple, text), waivers };
  const document = parseDocument(text.replaceAll('\r\n', '\n'));
  change(document, before);
  const written = document.toString(styleOf(text));
  return isMeant(written) ? { text: withEnds(written, text), waivers } : { byHand: true };
}

/** How a file is written, as far as YAML lets one choose. */
function styleOf(text: string) {
  return {
    lineWidth: 0,
    indentSeq: !/^waivers:[^\n]*\n(?:\s*(?:#[^\n]*)?\n)*-/m.test(text.replaceAll('\r\n', '\n')),
    flowCollectionPadding: !/\{[^\s}]/.test(text),
  };
}

/** The lines of a text, ended as those of another. */
function withEnds(text: string, like: string): string {
  return like.includes('\r\n') ? text.replaceAll(/\r?\n/g, '\r\n') : text;
}

function itemsOf(document: Document): YAMLSeq {
  if (!isMap(document.contents)) document.contents = document.createNode({ waivers: [] }) as unknown as typeof document.contents;
  const found = document.get('waivers');
  if (isSeq(found)) return found;
  const made = document.createNode([]) as YAMLSeq;
  document.set('waivers', made);
  return made;
}

function fieldsOf({ kind, node, from, to, reason, author, until }: NewWaiver): Record<string, string> {
  return {
    [kind]: node,
    ...(from === to ? { date: formatDay(from) } : { from: formatDay(from), to: formatDay(to) }),
    reason,
    author,
    ...(until !== undefined && { until: formatDay(until) }),
  };
}

function sameWaivers(left: readonly Waiver[], right: readonly Waiver[]): boolean {
  const key = ({ node, from, to, reason, author, until }: Waiver) => JSON.stringify([node, from, to, reason, author, until]);
  return left.length === right.length && left.every((waiver, index) => key(waiver) === key(right[index] ?? waiver));
}

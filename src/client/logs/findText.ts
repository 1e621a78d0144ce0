import { counted, formatBytes, formatCount, formatSeconds } from '../../base/figures';
import type { FindResult, LogId } from '../../protocol/logs';

/** A part of a line of the document that leads into a log. */
export interface FindLink {
  /** From 0. */
  readonly line: number;
  readonly from: number;
  readonly to: number;
  readonly id: LogId;
  readonly offset?: number;
}

/** What was found in logs, as a document. */
export interface FindText {
  readonly text: string;
  readonly links: readonly FindLink[];
  /** What was looked for, in the lines. */
  readonly matches: readonly { readonly line: number; readonly from: number; readonly to: number }[];
  /** By processor: dates that failed and in whose logs it was found. */
  readonly failed: ReadonlyMap<string, readonly string[]>;
}

export function findText(pattern: string, scope: string, result: FindResult): FindText {
  const { logs, searched, bytes, ms, leftOut } = result;
  const shown = logs.reduce((sum, { hits }) => sum + hits.length, 0);
  const links: FindLink[] = [];
  const matches: { line: number; from: number; to: number }[] = [];
  const failed = new Map<string, Set<string>>();
  const took = ms < 1000 ? `${formatCount(ms)} ms` : formatSeconds(ms / 1000);
  const lines = [
    `# ${pattern}`,
    `# in ${scope}: ${counted(shown, 'line')} in ${formatCount(logs.length)} of ${counted(searched, 'log')} (${formatBytes(bytes)}, ${took})`,
    ...leftOut.map((sentence) => `# ${sentence}`),
  ];
  for (const { id, node, title, detail, hits, more, failed: dates } of logs) {
    if (dates.length > 0) failed.set(node, new Set([...(failed.get(node) ?? []), ...dates]));
    lines.push('');
    links.push({ line: lines.length, from: 0, to: title.length, id });
    lines.push(`${title}${detail === '' ? '' : ` · ${detail}`} · ${counted(hits.length + more, 'line')}`);
    const width = Math.max(...hits.map((hit) => placeOf(hit).length));
    for (const hit of hits) {
      const place = placeOf(hit).padStart(width);
      const indent = 2 + width - placeOf(hit).length;
      links.push({ line: lines.length, from: indent, to: 2 + width, id, offset: hit.offset });
      const start = 2 + width + 2;
      if (hit.length > 0) matches.push({ line: lines.length, from: start + hit.start, to: start + hit.start + hit.length });
      lines.push(`  ${place}: ${hit.text}`);
    }
    if (more > 0 && hits.length > 0) lines.push(`  … and ${counted(more, 'more line')}`);
  }
  if (logs.length === 0) lines.push('', 'Nothing was found.');
  return {
    text: `${lines.join('\n')}\n`,
    links,
    matches,
    failed: new Map([...failed].map(([node, dates]) => [node, [...dates].sort()])),
  };
}

function placeOf({ line, offset }: { readonly line?: number; readonly offset: number }): string {
  return line === undefined ? `@${formatCount(offset)}` : formatCount(line);
}

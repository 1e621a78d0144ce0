import type { BackfillRecord, Journal } from '../app/journal';
import { expressionOf, type FoundInLog, type LogSearch, type SearchEnd, unsearched } from '../app/logs/findInLogs';
import { counted } from '../base/figures';
import { messageOf } from '../base/logger';
import { usageError } from './exitCodes';
import type { LogChoice } from './logReader';
import type { Terminal } from './terminal';

/** How a search in logs ended, for whoever runs the command. */
export type Grepped = SearchEnd | 'noLog';

/**
 * Prints the lines of a backfill's logs that hold an expression, each after the partition and the line's number, in the order in which the
 * attempts began; and on standard error what was not searched.
 * @returns `noLog` where no attempt that was asked for has a log.
 */
export async function grepLogs(
  terminal: Pick<Terminal, 'print' | 'warn'>,
  journal: Pick<Journal, 'logPath'>,
  { events }: Pick<BackfillRecord, 'events'>,
  { id, processor, date }: LogChoice,
  { expression, search, signal }: { readonly expression: string; readonly search: LogSearch; readonly signal: AbortSignal },
): Promise<Grepped> {
  const pattern = readExpression(expression);
  const logs = new Map<string, string>();
  for (const event of events) {
    if (event.type !== 'attemptStarted' || logs.has(event.log)) continue;
    if (processor !== undefined && event.processor !== processor) continue;
    if (date === undefined || event.date === date) logs.set(event.log, `${event.processor} ${event.date}`);
  }
  if (logs.size === 0) return 'noLog';
  const titles = [...logs.values()];
  const all: FoundInLog[] = [];
  const found = (one: FoundInLog) => {
    all.push(one);
    const title = titles[one.log] ?? '';
    // Of a log that was not read from its beginning nobody knows the numbers of lines.
    for (const { line, text } of one.hits) terminal.print(`${title}:${line === undefined ? '' : `${line}:`} ${text}`);
    if (one.more > 0) terminal.print(`${title}: and ${counted(one.more, 'more line')}`);
  };
  const paths = [...logs.keys()].map((log) => journal.logPath(id, log));
  const how = await search(paths, pattern, { signal, found, most: Number.POSITIVE_INFINITY });
  // Whoever stopped it knows.
  if (how !== 'stopped') for (const sentence of unsearched(how, all, titles)) terminal.warn(sentence);
  return how;
}

function readExpression(text: string): RegExp {
  try {
    return expressionOf(text);
  } catch (error) {
    throw usageError(`--grep ${text} is no regular expression: ${messageOf(error)}`);
  }
}

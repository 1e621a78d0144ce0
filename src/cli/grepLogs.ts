import type { BackfillRecord, Journal } from '../app/journal';
import type { OpenFile } from '../app/logs/byteSource';
import { expressionOf, FIND_LIMITS, findInLog } from '../app/logs/findInLogs';
import { counted } from '../base/figures';
import { messageOf } from '../base/logger';
import { usageError } from './exitCodes';
import type { LogChoice } from './logReader';
import type { Terminal } from './terminal';

/**
 * Prints the lines of a backfill's logs that hold an expression, each after the partition and the line's number, in the order in which the
 * attempts began.
 * @returns whether some attempt that was asked for has a log.
 */
export async function grepLogs(
  terminal: Pick<Terminal, 'print'>,
  journal: Pick<Journal, 'logPath'>,
  { events }: Pick<BackfillRecord, 'events'>,
  { id, processor, date }: LogChoice,
  { expression, open, signal }: { readonly expression: string; readonly open: OpenFile; readonly signal: AbortSignal },
): Promise<boolean> {
  const pattern = readExpression(expression);
  const logs = new Map<string, string>();
  for (const event of events) {
    if (event.type !== 'attemptStarted' || logs.has(event.log)) continue;
    if (processor !== undefined && event.processor !== processor) continue;
    if (date === undefined || event.date === date) logs.set(event.log, `${event.processor} ${event.date}`);
  }
  for (const [index, [log, title]] of [...logs].entries()) {
    if (signal.aborted) break;
    const { hits, more } = await findInLog(open(journal.logPath(id, log)), index, pattern, FIND_LIMITS.hits);
    for (const { line, text } of hits) terminal.print(`${title}:${line ?? ''}: ${text}`);
    if (more > 0) terminal.print(`${title}: and ${counted(more, 'more line')}`);
  }
  return logs.size > 0;
}

function readExpression(text: string): RegExp {
  try {
    return expressionOf(text);
  } catch (error) {
    throw usageError(`--grep ${text} is no regular expression: ${messageOf(error)}`);
  }
}

import type { Journal } from '../../app/journal';
import type { PartitionKey } from '../../core/coverage/coverage';
import type { FoundLog, LogRequests } from '../../protocol/logs';
import type { PipelineService } from '../pipelineService';
import { nameOf } from './backfillLogs';
import type { LogDocuments } from './logDocuments';
import type { LogFinder } from './logFinder';

/** What the extension asks of logs. */
export type LogHandlers = {
  readonly [M in keyof LogRequests]: (params: LogRequests[M]['params']) => Promise<LogRequests[M]['result']>;
};

export interface LogHandlerDeps {
  readonly service: PipelineService;
  readonly journal: Journal;
  readonly logs: LogDocuments;
  readonly finder: LogFinder;
}

export function logHandlers({ service, journal, logs, finder }: LogHandlerDeps): LogHandlers {
  return {
    'backfill/log': async (params) => logOf(service, journal, params),
    'backfill/openLog': (params) => logs.open(params),
    'backfill/moveLog': (params) => logs.move(params),
    'backfill/logTokens': (params) => logs.tokens(params),
    'backfill/logArrivals': (params) => logs.arrivals(params),
    'backfill/findInLogs': ({ pattern, target }) => finder.find(pattern, target),
  };
}

/** All logs of a backfill, or the log of the last attempt at a partition in whichever backfill that was. */
async function logOf(
  service: PipelineService,
  journal: Journal,
  params: LogRequests['backfill/log']['params'],
): Promise<FoundLog | null> {
  if ('backfill' in params) {
    const record = await journal.read(params.backfill);
    const started = record?.events.some(({ type }) => type === 'attemptStarted') === true;
    return started ? { id: { backfill: params.backfill } } : null;
  }
  const key: PartitionKey = `${params.node} ${params.date}`;
  const attempts = service.state?.input.attempts;
  const backfill = attempts?.active.get(key)?.backfill ?? attempts?.last.get(key)?.backfill;
  const record = backfill === undefined ? undefined : await journal.read(backfill);
  const begun = record?.events.filter((event) => event.type === 'attemptStarted') ?? [];
  const last = begun.findLast(({ processor, date }) => processor === params.node && date === params.date);
  if (backfill === undefined || last === undefined) return null;
  const shared = begun.filter(({ log }) => log === last.log).length > 1;
  return { id: { backfill, log: nameOf(last.log) }, ...(shared && { at: params }) };
}

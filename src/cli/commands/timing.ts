import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { BackfillRecord } from '../../app/journal';
import { profileOf, readLog } from '../../app/logs/readLog';
import { type HistoryRuns, openBackfills, readHistoryRuns, timedAttempts } from '../../app/timedRuns';
import type { DayRange } from '../../base/day';
import { formatInstant } from '../../base/figures';
import { scopeNodes } from '../../core/coverage/scope';
import type { Pipeline } from '../../core/pipeline';
import { EVER, MOST_RECORDS } from '../../core/sql/records';
import { logRuns } from '../../core/timing/journalRuns';
import type { TimedRun } from '../../core/timing/timedRun';
import { timingView } from '../../core/timing/timingView';
import { timingViewReport } from '../../core/timing/timingWords';
import { slotLimits, whatIsLeft } from '../../core/timing/whatIsLeft';
import { type Context, defineCommand } from '../command';
import { EXIT, usageError } from '../exitCodes';
import { isFile, type OpenPipeline, openPipeline } from '../manifestFile';
import { timingCsv, timingMarkdown, timingText } from '../render/timingText';
import { FORMAT_OPTION, MANIFEST_OPTION, SCOPE_OPTIONS, scopeFrom } from '../sharedOptions';
import { plain } from '../textWidth';

export const timingCommand = defineCommand({
  name: 'timing',
  summary: 'Tell how long the dates of each processor take',
  details:
    'What costs most comes first: the median, the 95th percentile, the share of all time, the slowest dates and the stages; what stands out (a date that took far longer, a stage that takes longer since a date); what grows over a run, and how long what is left takes. Times come from the run history that the manifest names, and for processors that it does not know from the backfills of the journal. They are of runs that ended well.',
  options: {
    ...MANIFEST_OPTION,
    ...SCOPE_OPTIONS,
    log: {
      kind: 'list',
      value: 'FILE,…',
      help: 'the times that these logs of one processor tell, such as of a job that a shell started',
    },
    ...FORMAT_OPTION,
  },
  examples: [
    'backfill timing',
    'backfill timing --processor MLFS --from 2021-11-01 --format json',
    'backfill timing --processor MLFS --log mlfs.log',
  ],
  async run(context, options) {
    const { terminal, services } = context;
    const manifest = await openPipeline(context, options);
    const { pipeline } = manifest;
    const scope = scopeFrom(pipeline, options);
    const days = { from: scope.from ?? EVER.from, to: scope.to ?? EVER.to };
    const history = await historyRuns(context, manifest, days);
    const wanted = scope.processors === undefined ? undefined : new Set(scopeNodes(pipeline, scope).map(({ id }) => id));
    const runs = history.runs.filter(({ name }) => wanted === undefined || wanted.has(name));
    const records = await allRecords(context, manifest);
    const isWanted = (id: string): boolean => wanted === undefined || wanted.has(id);
    const logged = await loggedRuns(context, pipeline, options.log, wanted);
    const attempts = [...timedAttempts(records), ...logged].filter(
      ({ processor, day }) => day >= days.from && day <= days.to && isWanted(processor),
    );
    const open = openBackfills(records);
    const view = timingView({
      // Whoever names logs wants to see what they tell.
      history: logged.length === 0 ? runs : [],
      runs: attempts,
      order: pipeline.processors.map(({ id }) => id),
      left: whatIsLeft({ open, runs: attempts, now: services.clock.now(), limits: slotLimits(pipeline) }),
    });
    const timings = view.processors;
    switch (options.format) {
      case 'json': {
        const { readAt, problem } = history;
        const read = {
          asOf: readAt === undefined ? null : new Date(readAt).toISOString(),
          ...(problem !== undefined && { problem }),
        };
        terminal.print(JSON.stringify({ ...read, ...timingViewReport(view) }, null, 2));
        break;
      }
      case 'csv':
        terminal.print(timingCsv(timings));
        break;
      case 'md':
        terminal.print(timingMarkdown(timings));
        break;
      case 'table':
      case undefined:
        for (const line of timingText(view, terminal)) terminal.print(line);
        if (history.readAt !== undefined) terminal.print(`\nRun history read ${formatInstant(history.readAt)}.`);
    }
    return history.problem === undefined ? EXIT.fine : EXIT.warehouse;
  },
});

/** The runs that the manifest's history tells; what keeps it from being read is said, and the journal answers alone. */
async function historyRuns(
  { terminal, services }: Context,
  { session, pipeline }: OpenPipeline,
  days: DayRange,
): Promise<HistoryRuns> {
  const history = await readHistoryRuns(session, pipeline, days, services.clock.now());
  if (history.truncated === true)
    terminal.warn(`Warning: only the newest ${MOST_RECORDS} rows of the run history were read: ask for fewer dates.`);
  if (history.problem !== undefined) terminal.warn(`Warning: the run history was not read: ${plain(history.problem)}`);
  return history;
}

/** What logs outside of the journal tell of one processor; they are read by its profile. */
async function loggedRuns(
  { services, cwd }: Context,
  pipeline: Pipeline,
  logs: readonly string[],
  wanted: ReadonlySet<string> | undefined,
): Promise<readonly TimedRun[]> {
  if (logs.length === 0) return [];
  const [processor, ...others] = wanted ?? [];
  if (processor === undefined || others.length > 0)
    throw usageError('Say which processor the logs are of: --processor P --log FILE.');
  const runs = await Promise.all(
    logs.map(async (log) => {
      const path = resolve(cwd, log);
      if (!(await isFile(path))) throw usageError(`There is no log ${log}.`);
      const { mtimeMs } = await stat(path);
      const digest = await readLog(services.readLogText, path, profileOf(pipeline, processor));
      return logRuns(`log ${log}`, processor, digest, mtimeMs);
    }),
  );
  return runs.flat();
}

/** Every backfill that the journal can tell. */
async function allRecords({ services }: Context, { manifest }: OpenPipeline): Promise<BackfillRecord[]> {
  const journal = services.journal(manifest);
  const records: BackfillRecord[] = [];
  for (const id of await journal.list()) {
    const record = await journal.read(id);
    if (record !== undefined) records.push(record);
  }
  return records;
}

import type { JournalDamage } from '../../app/journalDamage';
import { formatCount, formatLeft, formatSeconds } from '../../base/figures';
import { type BackfillPhase, isActivePhase } from '../../core/backfill/backfill';
import type { Forecast } from '../../core/backfill/forecast';
import type { BackfillProgress } from '../../core/backfill/progress';
import { elsewhereReport } from '../../core/checkpoints/elsewhereReport';
import { type Context, defineCommand } from '../command';
import { type ElsewhereListing, listElsewhere } from '../elsewhere';
import { EXIT } from '../exitCodes';
import { sightOf } from '../followBackfill';
import { findManifest } from '../manifestFile';
import { ELSEWHERE_COLUMNS, elsewhereDetails, elsewhereRows, elsewhereTable } from '../render/elsewhereText';
import { FORMAT_OPTION, type Format, MANIFEST_OPTION } from '../sharedOptions';
import { type Column, csv, markdownTable, tableLines } from '../table';
import type { Tone } from '../terminal';
import { plain } from '../textWidth';

/** `damaged`: its plan or its events cannot be read as a whole, so that nothing is known of its state. */
type RunState = BackfillPhase | 'damaged';

interface Run extends Omit<BackfillProgress, 'phase' | 'partitions'> {
  readonly state: RunState;
  readonly forecast: Forecast;
  /** What of it cannot be read. */
  readonly problem: string | undefined;
}

const NOTHING_KNOWN = {
  title: '',
  done: 0,
  failed: 0,
  interrupted: 0,
  skipped: 0,
  running: 0,
  waiting: 0,
  total: 0,
  attempts: [],
  silent: [],
  forecast: {},
};
const MOST_DETAILS = 5;

const TONES: Partial<Record<RunState, Tone>> = {
  damaged: 'bad',
  running: 'strong',
  paused: 'warning',
  cancelling: 'warning',
  done: 'good',
  failed: 'bad',
  cancelled: 'warning',
  interrupted: 'bad',
};

const COLUMNS: readonly Column[] = [
  { title: 'Backfill' },
  { title: 'State' },
  { title: 'Done', align: 'right' },
  { title: 'Failed', align: 'right' },
  { title: 'Skipped', align: 'right' },
  { title: 'Took' },
  { title: 'Left' },
  { title: 'What', shrinks: true },
];

export const runsCommand = defineCommand({
  name: 'runs',
  summary: 'List the backfills and jobs started elsewhere, with their state',
  details:
    'Jobs that were started elsewhere are known by their processes and by the checkpoints that they keep, where the manifest says so. Nothing of them is ever changed.',
  options: {
    ...MANIFEST_OPTION,
    elsewhere: { kind: 'flag', help: 'only jobs that were started elsewhere, with what is wrong with them and what to do' },
    ...FORMAT_OPTION,
  },
  examples: ['backfill runs', 'backfill runs --elsewhere'],
  async run(context, options) {
    const { terminal, services, cwd } = context;
    const manifest = await findManifest(cwd, options.manifest);
    if (options.elsewhere) {
      showElsewhere(context, await listElsewhere(context, manifest, 'probe'), options.format);
      return EXIT.fine;
    }
    const elsewhere = await listElsewhere(context, manifest, 'cached');
    const journal = services.journal(manifest);
    const damaged = new Map<string, JournalDamage>();
    for (const damage of await journal.damage()) {
      terminal.warn(`Warning: ${plain(damage.message)}`);
      for (const detail of damage.details.slice(0, MOST_DETAILS)) terminal.warn(`  ${plain(detail)}`);
      if (damage.details.length > MOST_DETAILS) terminal.warn(`  and ${damage.details.length - MOST_DETAILS} more.`);
      if (damage.id !== undefined) damaged.set(damage.id, damage);
    }
    const runs: Run[] = [];
    const logs = await services.callLogs(manifest);
    for (const id of await journal.list()) {
      const record = await journal.read(id);
      if (record === undefined) continue;
      // Of calls for many dates that run, only their logs tell how far they are.
      if (record.ownerAlive) await logs.look([{ record }]);
      const { progress, forecast } = sightOf(record, services.clock.now(), logs.of(id));
      const damage = damaged.get(id);
      damaged.delete(id);
      runs.push({
        ...progress,
        forecast,
        state: damage?.what === 'events' ? 'damaged' : progress.phase,
        problem: damage?.message,
      });
    }
    // Nothing tells what they were to do.
    for (const [id, { message }] of damaged) runs.push({ ...NOTHING_KNOWN, id, state: 'damaged', problem: message });
    runs.sort((a, b) => (a.id < b.id ? 1 : -1));
    const now = services.clock.now();
    const rows = runs.map((run) => cells(run, now));
    switch (options.format) {
      case 'json':
        terminal.print(
          JSON.stringify(
            { backfills: runs.map(runJson), elsewhere: elsewhereReport(elsewhere.jobs, elsewhere.processors) },
            null,
            2,
          ),
        );
        break;
      case 'csv':
        terminal.print(runsCsv(runs));
        break;
      case 'md':
        terminal.print(markdownTable(COLUMNS, rows));
        if (elsewhere.jobs.length > 0) terminal.print(`\n${markdownTable(ELSEWHERE_COLUMNS, elsewhereRows(elsewhere, now))}`);
        break;
      case 'table':
      case undefined:
        if (runs.length === 0) terminal.print("No backfill was launched yet: 'backfill run' launches one.");
        else for (const line of tableLines(terminal, COLUMNS, toned(rows, runs))) terminal.print(line);
        if (elsewhere.jobs.length > 0) for (const line of ['', ...elsewhereTable(elsewhere, terminal, now)]) terminal.print(line);
    }
    return EXIT.fine;
  },
});

/** Only those, with all there is to say. */
function showElsewhere({ terminal, services }: Context, listing: ElsewhereListing, format: Format | undefined): void {
  const now = services.clock.now();
  const titles = ELSEWHERE_COLUMNS.map(({ title }) => title);
  switch (format) {
    case 'json':
      terminal.print(JSON.stringify({ elsewhere: elsewhereReport(listing.jobs, listing.processors) }, null, 2));
      break;
    case 'csv':
      terminal.print(csv(titles, elsewhereRows(listing, now)));
      break;
    case 'md':
      terminal.print(markdownTable(ELSEWHERE_COLUMNS, elsewhereRows(listing, now)));
      break;
    case 'table':
    case undefined:
      if (listing.jobs.length === 0)
        terminal.print('No job of this pipeline was started elsewhere, as far as this machine shows.');
      for (const line of elsewhereDetails(listing, terminal, now)) terminal.print(line);
  }
}

function cells(run: Run, now: number): readonly string[] {
  const { startedAt } = run;
  const until = run.endedAt ?? (run.state !== 'damaged' && isActivePhase(run.state) ? now : undefined);
  const took = startedAt === undefined || until === undefined ? '' : formatSeconds(Math.round((until - startedAt) / 1000));
  const what = run.problem === undefined ? run.title : `${run.problem} ${run.title}`;
  if (run.state === 'damaged') return [run.id, run.state, '?', '?', '?', took, '', what];
  const { left } = run.forecast;
  return [
    run.id,
    run.state,
    `${formatCount(run.done)}/${formatCount(run.total)}`,
    formatCount(run.failed),
    formatCount(run.skipped),
    took,
    left === undefined ? '' : formatLeft(left.p50, left.p90),
    what,
  ];
}

function toned(rows: readonly (readonly string[])[], runs: readonly Run[]) {
  return rows.map((row, index) =>
    row.map((text, column) => {
      const tone = column === 1 ? TONES[runs[index]?.state ?? 'planned'] : undefined;
      return tone === undefined ? text : { text, tone };
    }),
  );
}

function runsCsv(runs: readonly Run[]): string {
  const instant = (epochMs: number | undefined) => (epochMs === undefined ? '' : new Date(epochMs).toISOString());
  return csv(
    ['id', 'state', 'done', 'failed', 'interrupted', 'skipped', 'total', 'startedAt', 'endedAt', 'title', 'problem'],
    runs.map(({ id, state, done, failed, interrupted, skipped, total, startedAt, endedAt, title, problem }) => [
      id,
      state,
      done,
      failed,
      interrupted,
      skipped,
      total,
      instant(startedAt),
      instant(endedAt),
      title,
      problem ?? '',
    ]),
  );
}

/** A backfill as `--format json` gives it: instants are ISO. */
function runJson(run: Run): Readonly<Record<string, unknown>> {
  const { id, title, state, problem, done, failed, interrupted, skipped, running, waiting, total, current } = run;
  const { left, perMinute } = run.forecast;
  const instant = (epochMs: number | undefined) => (epochMs === undefined ? undefined : new Date(epochMs).toISOString());
  return {
    id,
    title,
    state,
    done,
    failed,
    interrupted,
    skipped,
    running,
    waiting,
    total,
    startedAt: instant(run.startedAt),
    endedAt: instant(run.endedAt),
    etaSeconds: left?.p50,
    etaHighSeconds: left?.p90,
    etaBasis: left?.basis,
    perMinute,
    current,
    problem,
  };
}

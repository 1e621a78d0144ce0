import type { JournalDamage } from '../../app/journalDamage';
import { formatCount, formatSeconds } from '../../base/figures';
import type { BackfillPhase } from '../../core/backfill';
import { type BackfillProgress, progressOf } from '../../core/progress';
import { defineCommand } from '../command';
import { EXIT } from '../exitCodes';
import { findManifest } from '../manifestFile';
import { FORMAT_OPTION, MANIFEST_OPTION } from '../sharedOptions';
import { type Column, csv, markdownTable, tableLines } from '../table';
import type { Tone } from '../terminal';
import { plain } from '../textWidth';

/** `damaged`: its plan or its events cannot be read as a whole, so that nothing is known of its state. */
type RunState = BackfillPhase | 'damaged';

interface Run extends Omit<BackfillProgress, 'phase' | 'partitions'> {
  readonly state: RunState;
  /** What of it cannot be read. */
  readonly problem: string | undefined;
}

const NOTHING_KNOWN = { title: '', done: 0, failed: 0, skipped: 0, running: 0, waiting: 0, total: 0 };
const MOST_DETAILS = 5;

const TONES: Partial<Record<RunState, Tone>> = {
  damaged: 'bad',
  running: 'strong',
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
  { title: 'Took' },
  { title: 'What', shrinks: true },
];

export const runsCommand = defineCommand({
  name: 'runs',
  summary: 'List the backfills with their state, newest first',
  options: { ...MANIFEST_OPTION, ...FORMAT_OPTION },
  async run({ terminal, services, cwd }, options) {
    const journal = services.journal(await findManifest(cwd, options.manifest));
    const damaged = new Map<string, JournalDamage>();
    for (const damage of await journal.damage()) {
      terminal.warn(`Warning: ${plain(damage.message)}`);
      for (const detail of damage.details.slice(0, MOST_DETAILS)) terminal.warn(`  ${plain(detail)}`);
      if (damage.details.length > MOST_DETAILS) terminal.warn(`  and ${damage.details.length - MOST_DETAILS} more.`);
      if (damage.id !== undefined) damaged.set(damage.id, damage);
    }
    const runs: Run[] = [];
    for (const id of await journal.list()) {
      const alive = await journal.ownerAlive(id);
      const record = await journal.read(id);
      if (record === undefined) continue;
      const progress = progressOf(record.plan, record.events, alive);
      const damage = damaged.get(id);
      damaged.delete(id);
      runs.push({ ...progress, state: damage?.what === 'events' ? 'damaged' : progress.phase, problem: damage?.message });
    }
    // Nothing tells what they were to do.
    for (const [id, { message }] of damaged) runs.push({ ...NOTHING_KNOWN, id, state: 'damaged', problem: message });
    runs.sort((a, b) => (a.id < b.id ? 1 : -1));
    const now = services.clock.now();
    const rows = runs.map((run) => cells(run, now));
    switch (options.format) {
      case 'json':
        terminal.print(JSON.stringify({ backfills: runs.map(runJson) }, null, 2));
        break;
      case 'csv':
        terminal.print(runsCsv(runs));
        break;
      case 'md':
        terminal.print(markdownTable(COLUMNS, rows));
        break;
      case 'table':
      case undefined:
        if (runs.length === 0) terminal.print("No backfill was launched yet: 'backfill run' launches one.");
        else for (const line of tableLines(terminal, COLUMNS, toned(rows, runs))) terminal.print(line);
    }
    return EXIT.fine;
  },
});

function cells(run: Run, now: number): readonly string[] {
  const { startedAt } = run;
  const until = run.endedAt ?? (run.state === 'running' || run.state === 'cancelling' ? now : undefined);
  const took = startedAt === undefined || until === undefined ? '' : formatSeconds(Math.round((until - startedAt) / 1000));
  const what = run.problem === undefined ? run.title : `${run.problem} ${run.title}`;
  if (run.state === 'damaged') return [run.id, run.state, '?', '?', took, what];
  return [run.id, run.state, `${formatCount(run.done)}/${formatCount(run.total)}`, formatCount(run.failed), took, what];
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
    ['id', 'state', 'done', 'failed', 'skipped', 'total', 'startedAt', 'endedAt', 'title', 'problem'],
    runs.map(({ id, state, done, failed, skipped, total, startedAt, endedAt, title, problem }) => [
      id,
      state,
      done,
      failed,
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
  const { id, title, state, problem, done, failed, skipped, running, waiting, total, current, etaSeconds, startedAt, endedAt } =
    run;
  const instant = (epochMs: number | undefined) => (epochMs === undefined ? undefined : new Date(epochMs).toISOString());
  return {
    id,
    title,
    state,
    done,
    failed,
    skipped,
    running,
    waiting,
    total,
    startedAt: instant(startedAt),
    endedAt: instant(endedAt),
    etaSeconds,
    current,
    problem,
  };
}

import { formatCount, formatSeconds } from '../../base/figures';
import type { BackfillPhase } from '../../core/backfill';
import { type BackfillProgress, progressOf } from '../../core/progress';
import { defineCommand } from '../command';
import { EXIT } from '../exitCodes';
import { findManifest } from '../manifestFile';
import { FORMAT_OPTION, MANIFEST_OPTION } from '../sharedOptions';
import { type Column, csv, markdownTable, tableLines } from '../table';
import type { Tone } from '../terminal';

const TONES: Partial<Record<BackfillPhase, Tone>> = {
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
    const runs: BackfillProgress[] = [];
    for (const id of await journal.list()) {
      const alive = await journal.ownerAlive(id);
      const record = await journal.read(id);
      if (record !== undefined) runs.push(progressOf(record.plan, record.events, alive));
    }
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

function cells(run: BackfillProgress, now: number): readonly string[] {
  const { startedAt } = run;
  const until = run.endedAt ?? (run.phase === 'running' || run.phase === 'cancelling' ? now : undefined);
  const took = startedAt === undefined || until === undefined ? '' : formatSeconds(Math.round((until - startedAt) / 1000));
  return [run.id, run.phase, `${formatCount(run.done)}/${formatCount(run.total)}`, formatCount(run.failed), took, run.title];
}

function toned(rows: readonly (readonly string[])[], runs: readonly BackfillProgress[]) {
  return rows.map((row, index) =>
    row.map((text, column) => {
      const tone = column === 1 ? TONES[runs[index]?.phase ?? 'planned'] : undefined;
      return tone === undefined ? text : { text, tone };
    }),
  );
}

function runsCsv(runs: readonly BackfillProgress[]): string {
  const instant = (epochMs: number | undefined) => (epochMs === undefined ? '' : new Date(epochMs).toISOString());
  return csv(
    ['id', 'state', 'done', 'failed', 'skipped', 'total', 'startedAt', 'endedAt', 'title'],
    runs.map(({ id, phase, done, failed, skipped, total, startedAt, endedAt, title }) => [
      id,
      phase,
      done,
      failed,
      skipped,
      total,
      instant(startedAt),
      instant(endedAt),
      title,
    ]),
  );
}

/** A backfill as `--format json` gives it: instants are ISO. */
function runJson(run: BackfillProgress): Readonly<Record<string, unknown>> {
  const { id, title, phase, done, failed, skipped, running, waiting, total, current, etaSeconds, startedAt, endedAt } = run;
  const instant = (epochMs: number | undefined) => (epochMs === undefined ? undefined : new Date(epochMs).toISOString());
  return {
    id,
    title,
    state: phase,
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
  };
}

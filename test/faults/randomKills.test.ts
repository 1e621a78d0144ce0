import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandLine } from '../support/commandLine';
import { readDuckdb, runDuckdb } from '../support/duckdb';
import { sampleMaker } from '../unit/sample/sample';
import { ALL, type Came, sideBySide, Tally } from './support/figures';
import { randomFrom } from './support/random';
import { type Fault, Trial } from './support/trial';

const SEED = Number(process.env['BACKFILL_FAULT_SEED'] ?? 20_211_105);
const KILLS = ALL ? 200 : 8;
const DATES = ALL
  ? ['2025-01-24', '2025-01-25', '2025-01-26', '2025-01-27', '2025-01-28', '2025-01-29']
  : ['2025-01-25', '2025-01-26'];
/** Kills of one backfill at most: then it may come to its end. */
const KILLS_EACH = 20;
/** A life of an executor ends between its first step and this one: twenty lives come through all three phases. */
const LONGEST_LIFE = 80;
const LONGEST_AFTER_MS = 80;
const SLOTS = 2;

/** What the sample's processors fill, upstream first, with the column of the date. */
const TABLES = {
  PGS: ['nba_analytics.player_game_summary', 'game_date'],
  TOGS: ['nba_analytics.team_offense_game_summary', 'game_date'],
  TDGS: ['nba_analytics.team_defense_game_summary', 'game_date'],
  UPGC: ['nba_analytics.upcoming_player_game_context', 'game_date'],
  UTGC: ['nba_analytics.upcoming_team_game_context', 'game_date'],
  TDZA: ['nba_precompute.team_defense_zone_analysis', 'analysis_date'],
  PSZA: ['nba_precompute.player_shot_zone_analysis', 'analysis_date'],
  PDC: ['nba_precompute.player_daily_cache', 'cache_date'],
  PCF: ['nba_precompute.player_composite_factors', 'game_date'],
  MLFS: ['nba_predictions.ml_feature_store_v2', 'game_date'],
  PRED: ['nba_predictions.player_prop_predictions', 'game_date'],
  GRADE: ['nba_predictions.prediction_accuracy', 'game_date'],
  TIER: ['nba_predictions.scoring_tier_adjustments', 'as_of_date'],
} as const;
const DAYS = DATES.map((date) => `DATE '${date}'`).join(', ');

describe('random kills in a backfill of the sample over three phases', function () {
  this.timeout(3_600_000);
  let cli: CommandLine;
  before(async () => {
    cli = await CommandLine.build();
  });

  it(`goes on after each of ${KILLS}, to the same rows as ever (seed ${SEED})`, async () => {
    const tally = new Tally('random kills, sample pipeline');
    let taken = 0;
    function* seeds() {
      for (let seed = SEED; taken < KILLS; seed += 1) yield seed;
    }
    await sideBySide(
      seeds(),
      async (seed) => {
        const came = await killed(cli, seed, Math.min(KILLS - taken, KILLS_EACH));
        const { faults, repeats } = came;
        tally.add(came);
        taken += faults;
        console.log(`      seed ${seed}: ${faults} kills, ${repeats} repeats; ${taken} kills so far`);
      },
      ALL ? 2 : 1,
    );
    tally.report(`seed ${SEED}: BACKFILL_FAULT_SEED`);
  });
});

/** One backfill to its end, each of whose lives but the last is to end by a kill. */
async function killed(cli: CommandLine, seed: number, most: number): Promise<Came> {
  const random = randomFrom(seed);
  const trial = await Trial.in(cli);
  const warehouse = join(trial.folder, 'warehouse.duckdb');
  const golden = join(trial.folder, 'golden.duckdb');
  try {
    const { makeSample } = await sampleMaker();
    await makeSample(trial.folder);
    await copyFile(warehouse, golden);
    await runDuckdb(
      warehouse,
      ...Object.values(TABLES).map(([table, column]) => `DELETE FROM ${table} WHERE ${column} IN (${DAYS})`),
    );
    const plan = await trial.launch({ dates: DATES, slots: SLOTS });
    const total = plan.partitions.filter(({ action }) => action === 'run').length;
    assert.equal(total, DATES.length * Object.keys(TABLES).length);

    const ids = [trial.id];
    const lives: string[] = [];
    let faults = 0;
    let orphans = 0;
    for (;;) {
      const fault = faults < most ? nextFault(random) : undefined;
      lives.push(JSON.stringify(fault ?? 'none'));
      const way = await trial.wayOn();
      const { out, err } = await trial.start(way, fault).ended;
      const took = trial.steps().filter((step) => step.startsWith('killed')).length;
      const wasKilled = took > faults;
      faults = took;
      const { progress, words } = await trial.look();
      if (progress.phase === 'done') break;
      if (progress.phase === 'failed') {
        // Of jobs that were killed while their executor lived: what they left are gaps like any others.
        assert.ok(progress.failed + progress.interrupted > 0, words);
        await trial.quiet();
        await trial.launch({ dates: DATES, slots: SLOTS });
        ids.push(trial.id);
        continue;
      }
      if (!wasKilled && fault === undefined)
        assert.fail(`seed ${seed}: it did not come to its end:\n${lives.join('\n')}\n${out}\n${err}\n${words}`);
      if (progress.phase === 'interrupted') assert.match(words, /was interrupted/);
      const { done, failed, interrupted, skipped, waiting, running, total } = progress;
      if (done + failed + interrupted + skipped + waiting + running !== total)
        assert.fail(`the figures do not add up:\n${words}`);
    }
    await trial.quiet();
    orphans += trial.processes().length;
    await trial.isOver();
    const came = await outcome(trial, { ids, warehouse, golden, faults, total });
    return { ...came, orphans };
  } finally {
    await trial.dispose();
  }
}

function nextFault(random: () => number): Fault {
  const who = (['executor', 'both', 'children'] as const)[Math.floor(random() * 3)] ?? 'both';
  return { kill: { at: 1 + Math.floor(random() * LONGEST_LIFE), who, afterMs: Math.floor(random() * LONGEST_AFTER_MS) } };
}

async function outcome(
  trial: Trial,
  {
    ids,
    warehouse,
    golden,
    faults,
    total,
  }: { ids: readonly string[]; warehouse: string; golden: string; faults: number; total: number },
): Promise<Omit<Came, 'orphans'>> {
  const records = await Promise.all(ids.map((id) => trial.fixture.journal.read(id)));
  const started = new Map<string, number>();
  const doneAt = new Map<string, string>();
  for (const event of records.flatMap((record) => record?.events ?? [])) {
    if (event.type !== 'attemptStarted' && event.type !== 'attemptEnded' && event.type !== 'notAttempted') continue;
    const key = `${event.processor} ${event.date}`;
    if (event.type === 'notAttempted') started.set(key, (started.get(key) ?? 0) - 1);
    else if (event.type === 'attemptStarted') {
      assert.ok(!doneAt.has(key), `${key} was done, and is run again`);
      started.set(key, (started.get(key) ?? 0) + 1);
    } else if (event.outcome === 'done') doneAt.set(key, event.at);
  }
  assert.equal(doneAt.size, total, 'each partition is done');
  const repeats = [...started.values()].reduce((sum, count) => sum + count - 1, 0);
  assert.ok(repeats <= faults * SLOTS * DATES.length, `${repeats} repeats after ${faults} kills`);

  let lost = 0;
  for (const [id, [table, column]] of Object.entries(TABLES)) {
    const rows = (file: string) => `SELECT * EXCLUDE (processed_at) FROM ${file}.${table} WHERE ${column} IN (${DAYS})`;
    const [differ] = await readDuckdb(
      warehouse,
      `ATTACH '${golden}' AS golden (READ_ONLY); SELECT count(*)::INTEGER AS rows FROM (
        (${rows('warehouse')} EXCEPT ALL ${rows('golden')}) UNION ALL (${rows('golden')} EXCEPT ALL ${rows('warehouse')}))`,
    );
    lost += Number(differ?.['rows'] ?? 0);
    const written = await readDuckdb(
      warehouse,
      `SELECT strftime(${column}, '%Y-%m-%d') AS day, max(processed_at)::VARCHAR AS at FROM ${table} WHERE ${column} IN (${DAYS}) GROUP BY 1`,
    );
    for (const { day, at } of written) {
      const done = Date.parse(doneAt.get(`${id} ${String(day)}`) ?? '');
      assert.ok(Date.parse(`${String(at)}Z`.replace(' ', 'T')) <= done, `${id} ${String(day)} was written after it was done`);
    }
  }
  assert.equal(lost, 0, 'the same rows as if nothing had happened');
  return { faults, repeats, lost };
}

import { copyFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { NBA_TABLES, type NbaTable } from './nbaTables';
import { realGames, recordedCounts, SHARED_DATA } from './realSeasons';

const JOBS = {
  player_game_summary: {
    script: 'backfill_jobs/analytics/player_game_summary/player_game_summary_analytics_backfill.py',
    sample: 'player_game_summary.stderr',
    table: 'nba_analytics.player_game_summary',
  },
  team_defense_zone_analysis: {
    script: 'backfill_jobs/precompute/team_defense_zone_analysis/team_defense_zone_analysis_precompute_backfill.py',
    sample: 'tdza.stderr',
    table: 'nba_precompute.team_defense_zone_analysis',
  },
  ml_feature_store: {
    script: 'backfill_jobs/precompute/ml_feature_store/ml_feature_store_precompute_backfill.py',
    sample: 'ml_feature_store.stderr',
    table: 'nba_predictions.ml_feature_store_v2',
  },
} as const;
export type NbaJob = keyof typeof JOBS;

/** First and last date of what the tables hold: the real season until the end of November 2021. */
const FROM = '2021-10-19';
const TO = '2021-11-30';

/** Tables whose rows were recorded, by the processor that the record names. */
const RECORDED: Readonly<Record<string, string>> = {
  player_daily_cache: 'PDC',
  player_composite_factors: 'PCF',
  player_shot_zone_analysis: 'PSZA',
  team_defense_zone_analysis: 'TDZA',
  ml_feature_store_v2: 'MLFS',
};

/** Rows a game in the other tables of game dates. The real ones were not recorded; these are usual. */
const ROWS_A_GAME: Readonly<Record<string, number>> = {
  nbac_gamebook_player_stats: 24,
  bdl_player_boxscores: 22,
  nbac_team_boxscore: 2,
  player_game_summary: 22,
  team_offense_game_summary: 2,
  team_defense_game_summary: 2,
  upcoming_player_game_context: 24,
  upcoming_team_game_context: 2,
  nbac_schedule: 1,
};
/** Enough for whoever needs it, and quickly made. */
const ROWS_A_DATE: Readonly<Record<string, number>> = {
  bigdataball_play_by_play: 40,
  nbac_play_by_play: 40,
  odds_api_player_points_props: 40,
  bettingpros_player_points_props: 40,
  odds_api_game_lines: 10,
  nbac_injury_report: 10,
};

export interface RecordedFailure {
  readonly processor: string;
  readonly date: string;
  readonly entity: string;
  readonly category: string;
  readonly reason: string;
}

/**
 * A checkout as that of the real pipeline: its scripts at their paths, in a virtual environment, with a manifest that extends the preset, and
 * its tables on an emulator of BigQuery, with the games of the real season and the rows that an operator recorded for November 2021.
 */
export class NbaRepository {
  readonly folder: string;
  readonly project: string;
  readonly #endpoint: string;

  private constructor(folder: string, endpoint: string, project: string) {
    this.folder = folder;
    this.#endpoint = endpoint;
    this.project = project;
  }

  /**
   * @param folder an empty one.
   * @param endpoint of the emulator, in which the project must be new.
   */
  static async make(folder: string, endpoint: string, project: string): Promise<NbaRepository> {
    const repository = new NbaRepository(folder, endpoint, project);
    repository.#writeCheckout();
    await repository.#makeTables();
    await repository.#fill();
    return repository;
  }

  get checkpoints(): string {
    return join(this.folder, 'checkpoints');
  }

  /** While this file is there the job begins no further date. */
  gate(job: NbaJob): string {
    return join(this.folder, 'gates', job);
  }

  /** The program and arguments of a job as an operator types them, in the checkout's folder. */
  command(job: NbaJob, ...flags: string[]): readonly string[] {
    return ['.venv/bin/python', JOBS[job].script, ...flags];
  }

  manifest(...more: string[]): string {
    return [
      'version: 1',
      'name: NBA seasons',
      'extends: preset:nba-stats-scraper',
      `warehouse: { type: bigquery, project: ${this.project}, endpoint: "${this.#endpoint}" }`,
      // Weekly, whatever the schedule says, and so a gap in every week of the seasons of which nothing is here.
      'without: [TIERS]',
      `checkpoints: { path: "${this.checkpoints}/{job}_{start}_{end}.json" }`,
      ...more,
      '',
    ].join('\n');
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  /** Runs a text on the emulator as another program would. @returns the rows' first columns as text. */
  async query(sql: string): Promise<readonly string[]> {
    const response = await fetch(`${this.#endpoint}/bigquery/v2/projects/${this.project}/queries`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: sql, useLegacySql: false, maxResults: 1000 }),
    });
    const answer = (await response.json()) as { rows?: { f: { v: string }[] }[]; error?: { message: string } };
    if (!response.ok) throw new Error(`${answer.error?.message ?? response.status}: ${sql}`);
    return (answer.rows ?? []).map(({ f }) => f[0]?.v ?? '');
  }

  async rows(table: string, dateColumn: string, date: string): Promise<number> {
    const [count] = await this.query(`SELECT COUNT(*) FROM ${this.#path(table)} WHERE ${dateColumn} = DATE '${date}'`);
    return Number(count);
  }

  async empty(table: string, dateColumn: string, date: string): Promise<void> {
    await this.query(`DELETE FROM ${this.#path(table)} WHERE ${dateColumn} = DATE '${date}'`);
  }

  /** Notes failures as the jobs do. */
  async recordFailures(failures: readonly RecordedFailure[]): Promise<void> {
    const rows = failures.map(({ processor, date, entity, category, reason }) => {
      return `('${processor}', DATE '${date}', '${entity}', '${category}', '${reason}', TIMESTAMP '2021-12-01 10:00:00 UTC')`;
    });
    const table = this.#path('nba_processing.precompute_failures');
    await this.query(
      `INSERT INTO ${table} (processor_name, analysis_date, entity_id, failure_category, failure_reason, created_at) VALUES ${rows.join(', ')}`,
    );
  }

  /** Two rows, as a run leaves them. */
  async recordRun(processor: string, date: string, seconds: number, stages: Readonly<Record<string, number>>): Promise<void> {
    const table = this.#path('nba_reference.processor_run_history');
    const run = `${processor}_${date.replaceAll('-', '')}_120000_0a1b2c3d`;
    const started = `TIMESTAMP '2021-12-02 12:00:00 UTC'`;
    await this.query(
      `INSERT INTO ${table} (data_date, processor_name, run_id, status, started_at, processed_at, duration_seconds, records_processed, summary) VALUES
       (DATE '${date}', '${processor}', '${run}', 'running', ${started}, ${started}, 0.0, NULL, NULL),
       (DATE '${date}', '${processor}', '${run}', 'success', ${started}, TIMESTAMP_ADD(${started}, INTERVAL ${Math.round(seconds)} SECOND), ${seconds}, 312, JSON '${JSON.stringify(stages)}')`,
    );
  }

  #path(table: string): string {
    return `\`${this.project}.${table}\``;
  }

  #writeCheckout(): void {
    mkdirSync(join(this.folder, '.venv/bin'), { recursive: true });
    mkdirSync(join(this.folder, 'gates'));
    symlinkSync(pythonPath(), join(this.folder, '.venv/bin/python'));
    for (const { script } of Object.values(JOBS)) {
      mkdirSync(dirname(join(this.folder, script)), { recursive: true });
      copyFileSync('test/fixtures/nba/job.py', join(this.folder, script));
    }
    const jobs = Object.entries(JOBS).map(([name, { sample, table }]) => {
      const { partition } = tableNamed(table);
      return [
        name,
        { sample, table, date_column: partition, insert: this.#insert(table, `(SELECT DATE '{date}' AS day) AS d`, '{rows}') },
      ];
    });
    this.write(
      'nba.json',
      JSON.stringify({
        endpoint: this.#endpoint,
        project: this.project,
        samples: join(SHARED_DATA, 'logs'),
        checkpoints: this.checkpoints,
        jobs: Object.fromEntries(jobs),
        gates: join(this.folder, 'gates'),
      }),
    );
    this.write('backfill.yaml', this.manifest());
  }

  async #makeTables(): Promise<void> {
    for (const dataset of new Set(NBA_TABLES.map((table) => table.dataset))) {
      const response = await fetch(`${this.#endpoint}/bigquery/v2/projects/${this.project}/datasets`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ datasetReference: { projectId: this.project, datasetId: dataset }, location: 'us-west2' }),
      });
      if (!response.ok) throw new Error(`Dataset ${dataset}: ${await response.text()}`);
    }
    for (const { dataset, table, partition, requirePartitionFilter, columns } of NBA_TABLES) {
      const fields = columns.map(({ name, type, mode }) => `${name} ${type}${mode === 'REQUIRED' ? ' NOT NULL' : ''}`);
      await this.query(
        `CREATE TABLE ${this.#path(`${dataset}.${table}`)} (${fields.join(', ')}) PARTITION BY ${partition} OPTIONS(require_partition_filter = ${requirePartitionFilter})`,
      );
    }
  }

  /** How many rows a date gets stands in a table of its own: emulators read long texts slowly. */
  async #fill(): Promise<void> {
    const games = Object.entries(realGames(2021, 2021).games).filter(([date]) => date >= FROM && date <= TO);
    const recorded = recordedCounts();
    const columns = Object.keys(recorded);
    const dates = games.map(([date, count]) =>
      [`DATE '${date}'`, count, ...columns.map((id) => recorded[id]?.[date] ?? 0)].join(', '),
    );
    const offDates = Object.keys(recorded['TDZA'] ?? {}).filter((date) => !games.some(([known]) => known === date));
    dates.push(...offDates.map((date) => [`DATE '${date}'`, 0, ...columns.map((id) => recorded[id]?.[date] ?? 0)].join(', ')));
    const totals = this.#path('nba_raw.totals');
    await this.query(`CREATE TABLE ${totals} (${['day DATE', 'games INT64', ...columns.map((id) => `${id} INT64`)].join(', ')})`);
    await this.query(`INSERT INTO ${totals} VALUES ${dates.map((values) => `(${values})`).join(', ')}`);
    for (const { dataset, table } of NBA_TABLES) {
      const aGame = ROWS_A_GAME[table];
      const aDate = ROWS_A_DATE[table];
      const recordedAs = RECORDED[table];
      const total =
        aGame !== undefined
          ? `d.games * ${aGame}`
          : aDate !== undefined
            ? `IF(d.games > 0, ${aDate}, 0)`
            : recordedAs && `d.${recordedAs}`;
      if (total !== undefined) await this.query(this.#insert(`${dataset}.${table}`, `${totals} AS d`, total));
    }
    await this.query(`DROP TABLE ${totals}`);
  }

  /** @param from of which `d.day` is a date. @param total SQL for how many rows it gets. */
  #insert(table: string, from: string, total: string): string {
    const { columns, partition } = tableNamed(table);
    const values = columns.map(({ name, type }) => `${columnValue(name, type, partition)} AS ${name}`);
    return `INSERT INTO ${this.#path(table)} (${columns.map(({ name }) => name).join(', ')}) SELECT ${values.join(', ')} FROM ${from}, UNNEST(GENERATE_ARRAY(1, ${total})) AS n`;
  }
}

function tableNamed(path: string): NbaTable {
  const found = NBA_TABLES.find(({ dataset, table }) => `${dataset}.${table}` === path);
  if (found === undefined) throw new Error(`The schema has no ${path}.`);
  return found;
}

/** A value of row `n` of the date `d.day` that makes keys unique and checks true. */
function columnValue(name: string, type: string, partition: string): string {
  if (name === partition) return 'd.day';
  if (name === 'game_status') return '3';
  if (name === 'game_id') return `CONCAT('002', FORMAT_DATE('%y%m%d', d.day), LPAD(CAST(n AS STRING), 4, '0'))`;
  switch (type) {
    case 'STRING':
      return `CONCAT('${name} ', CAST(n AS STRING))`;
    case 'DATE':
      return 'd.day';
    case 'TIMESTAMP':
      return `TIMESTAMP '2021-12-01 09:00:00 UTC'`;
    case 'BOOL':
      return 'FALSE';
    case 'JSON':
      return `JSON '{}'`;
    default:
      return '1';
  }
}

function pythonPath(): string {
  const found = (process.env['PATH'] ?? '')
    .split(':')
    .map((folder) => join(folder, 'python3'))
    .find((path) => existsSync(path));
  if (found === undefined) throw new Error('There is no python3 on the PATH.');
  return found;
}

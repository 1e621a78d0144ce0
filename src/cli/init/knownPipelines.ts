import { join } from 'node:path';
import { readManifest } from '../../core/manifest/readManifest';
import { isFile } from '../manifestFile';
import { fileText } from './fileText';

/** A pipeline that a preset describes, found in a folder. */
export interface KnownPipeline {
  /** The preset's name. */
  readonly preset: string;
  /** How many of the files that tell it are there. */
  readonly found: number;
  readonly marks: number;
  /** The project that its scripts write to, as they name it themselves. */
  readonly project?: string;
  /** Scripts of the preset that this checkout lacks, with the ids of the processors that they run. */
  readonly missing: readonly { readonly id: string; readonly script: string }[];
}

/** Files by which a checkout is recognised, by preset. Some may have moved: most of them are enough. */
const MARKS: Readonly<Record<string, readonly string[]>> = {
  'nba-stats-scraper': [
    'shared/backfill/checkpoint.py',
    'shared/config/nba_season_dates.py',
    'bin/backfill/run_phase4_backfill.sh',
    'backfill_jobs/analytics/player_game_summary/player_game_summary_analytics_backfill.py',
    'backfill_jobs/analytics/team_defense_game_summary/team_defense_game_summary_analytics_backfill.py',
    'backfill_jobs/precompute/player_composite_factors/player_composite_factors_precompute_backfill.py',
    'backfill_jobs/precompute/player_daily_cache/player_daily_cache_precompute_backfill.py',
    'backfill_jobs/precompute/ml_feature_store/ml_feature_store_precompute_backfill.py',
    'backfill_jobs/prediction/player_prop_predictions_backfill.py',
  ],
};
const ENOUGH = 0.6;

/** The preset whose pipeline a folder holds; undefined when it is none that is known. */
export async function recognise(folder: string): Promise<KnownPipeline | undefined> {
  for (const [preset, marks] of Object.entries(MARKS)) {
    const there = await Promise.all(marks.map((path) => isFile(join(folder, path))));
    const found = marks.filter((_, index) => there[index]);
    if (found.length < marks.length * ENOUGH) continue;
    const project = await projectIn(folder, found);
    return {
      preset,
      found: found.length,
      marks: marks.length,
      ...(project !== undefined && { project }),
      missing: await missingScripts(folder, preset),
    };
  }
  return undefined;
}

/** The project that most of the scripts name, as in `PROJECT_ID = 'my-project'`. */
async function projectIn(folder: string, paths: readonly string[]): Promise<string | undefined> {
  const named = new Map<string, number>();
  for (const path of paths) {
    const text = await fileText(join(folder, path));
    for (const [, project = ''] of text.matchAll(/\bproject(?:_id)?['"]?\s*[:=]\s*['"]([a-z][a-z0-9-]{4,28}[a-z0-9])['"]/gi))
      named.set(project, (named.get(project) ?? 0) + 1);
  }
  return [...named].sort(([, a], [, b]) => b - a)[0]?.[0];
}

async function missingScripts(folder: string, preset: string): Promise<KnownPipeline['missing']> {
  const { pipeline } = readManifest(`version: 1\nname: any\nextends: preset:${preset}\n`);
  const scripts = (pipeline?.processors ?? []).flatMap(({ id, run }) =>
    run.slice(0, 1).flatMap((way) => (way.kind === 'command' && way.argv[1] !== undefined ? [{ id, script: way.argv[1] }] : [])),
  );
  const there = await Promise.all(scripts.map(({ script }) => isFile(join(folder, script))));
  return scripts.filter((_, index) => there[index] === false);
}

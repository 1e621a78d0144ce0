import assert from 'node:assert/strict';
import type { Job } from '../../../../src/cli/init/findJobs';
import { matchJobs } from '../../../../src/cli/init/matchJobs';

const job = (path: string): Job => ({ path, language: 'python', flags: { date: '--date' } });

function matches(tables: readonly string[], ...paths: readonly string[]): Record<string, string> {
  return Object.fromEntries([...matchJobs(tables, paths.map(job))].map(([table, { path }]) => [table, path]));
}

describe('the jobs of tables', () => {
  it('are told by the words of their names, whatever says that they are jobs', () => {
    assert.deepEqual(
      matches(
        ['a.player_daily_cache', 'b.ml_feature_store_v2', 'c.team_summaries'],
        'jobs/ml_feature_store/ml_feature_store_precompute_backfill.py',
        'jobs/run_player_daily_cache_job.py',
        'src/TeamSummary.js',
      ),
      {
        'a.player_daily_cache': 'jobs/run_player_daily_cache_job.py',
        'b.ml_feature_store_v2': 'jobs/ml_feature_store/ml_feature_store_precompute_backfill.py',
        'c.team_summaries': 'src/TeamSummary.js',
      },
    );
  });

  it('are told by their folder where the script is called like any other', () => {
    assert.deepEqual(matches(['a.daily_orders'], 'jobs/daily_orders/main.py'), { 'a.daily_orders': 'jobs/daily_orders/main.py' });
  });

  it('fill one table each, the one that they resemble most', () => {
    assert.deepEqual(matches(['a.orders', 'a.daily_orders'], 'jobs/daily_orders.py'), {
      'a.daily_orders': 'jobs/daily_orders.py',
    });
    assert.deepEqual(matches(['a.daily_orders'], 'jobs/daily_orders_old.py', 'jobs/daily_orders.py'), {
      'a.daily_orders': 'jobs/daily_orders.py',
    });
  });

  it('are none where names only share a word', () => {
    assert.deepEqual(matches(['a.player_game_summary'], 'jobs/player_export.py', 'jobs/main.py', 'run.sh'), {});
  });
});

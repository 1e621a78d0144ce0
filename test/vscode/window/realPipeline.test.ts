import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { temporaryFolder } from '../../../scripts/vscode/server.mjs';
import { emulator } from '../../support/emulator';
import { NbaRepository } from '../../support/nbaRepository';
import { commandLine, ended, PipelineWindow, started } from '../../support/pipelineWindow';
import { sharedDataMissing } from '../../support/realSeasons';
import { skipBecause } from '../../support/skip';
import { SmallWorkspace } from '../../support/smallWorkspace';
import { picture } from '../../support/vscodeWindow';

const PHASE_4 = 'Phase 4, precompute';

describe('a real pipeline on BigQuery, as it stands', function () {
  this.timeout(300_000);
  let repository: NbaRepository;
  let window: PipelineWindow;

  before('make the checkout and its tables', async function () {
    const missing = sharedDataMissing();
    if (missing !== undefined) skipBecause(this, missing);
    const bigquery = await emulator(this, 'bqemulator');
    this.timeout(180_000);
    repository = await NbaRepository.make(temporaryFolder(), bigquery.endpoint, bigquery.newProject());
  });

  /** Backfills, events and plans as they stand in the journal. */
  const journal = () => SmallWorkspace.at(repository.folder);

  async function launch(processor: string, dates: string): Promise<string> {
    const before = journal().backfills();
    await window.launch(processor, dates);
    const backfill = await started(journal(), before);
    await ended(journal(), backfill, 120_000);
    return backfill;
  }

  function attemptsOf(backfill: string) {
    return journal()
      .events(backfill)
      .flatMap((event) => (event.type === 'attemptEnded' ? [event] : []));
  }

  it('shows what an operator recorded, and why each date is as it is', async () => {
    window = await PipelineWindow.open(repository.folder);
    await window.seePartition(PHASE_4, 'MLFS', '2021-11-21', /missing/i);
    await window.seePartition(PHASE_4, 'MLFS', '2021-11-09', /blocked.*PCF/i);
    await window.seePartition(PHASE_4, 'MLFS', '2021-11-25', /off|no games/i);
    await window.seePartition(PHASE_4, 'MLFS', '2021-11-24', /complete/i);
    await window.workbench.runCommand('Backfill: Open Gap Matrix');
    await window.lookAtInMatrix('TDZA', '2021-11-29');
    await window.seeInMatrix(/partial.*29.*30|29.*30.*partial/i);
    await picture(window.workbench, 'real pipeline');
  });

  it('runs its own job, and reads from its log how each date went', async () => {
    window = await PipelineWindow.open(repository.folder);
    const backfill = await launch('MLFS', '2021-11-07 to 2021-11-08');
    const attempts = attemptsOf(backfill);
    assert.deepEqual(
      attempts.map(({ date, outcome, rowsAfter }) => [date, outcome, rowsAfter]),
      [
        ['2021-11-07', 'done', 312],
        ['2021-11-08', 'done', 312],
      ],
    );
    for (const { stages } of attempts) assert.ok((stages?.['extract'] ?? 0) > 0, JSON.stringify(stages));
    await window.seePartition(PHASE_4, 'MLFS', '2021-11-08', /complete/i);
    assert.equal(await repository.rows('nba_predictions.ml_feature_store_v2', 'game_date', '2021-11-08'), 312);
  });

  it('tells why a date failed in the words of the line that knows', async () => {
    await repository.empty('nba_precompute.team_defense_zone_analysis', 'analysis_date', '2021-11-05');
    window = await PipelineWindow.open(repository.folder);
    await window.seePartition(PHASE_4, 'TDZA', '2021-11-05', /missing/i);
    const [attempt] = attemptsOf(await launch('TDZA', '2021-11-05'));
    // The job itself exits with 0.
    assert.match(attempt?.message ?? '', /Insufficient team data/);
    await window.seePartition(PHASE_4, 'TDZA', '2021-11-05', /failed/i);
    const explained = JSON.stringify(await commandLine(repository.folder, 'explain', 'TDZA', '2021-11-05'));
    assert.match(explained, /Insufficient team data/);
  });

  it('shows a job that somebody else started, alive and ended, with the trap in its checkpoint', async () => {
    await repository.empty('nba_analytics.player_game_summary', 'game_date', '2021-11-05');
    window = await PipelineWindow.open(repository.folder);
    writeFileSync(repository.gate('player_game_summary'), '');
    const [program = '', ...args] = repository.command(
      'player_game_summary',
      '--start-date',
      '2021-11-01',
      '--end-date',
      '2021-11-06',
    );
    const job = spawn(program, args, { cwd: repository.folder, stdio: 'ignore' });
    const over = new Promise((done) => job.once('exit', done));
    await window.workbench.findTreeItem('Backfills', /PGS.*running/i);
    rmSync(repository.gate('player_game_summary'));
    assert.equal(await over, 0);
    const ended = await window.workbench.findTreeItem('Backfills', /PGS.*1 failed/i);
    await window.workbench.expand(ended);
    // A run that resumes goes on after the last success, and never comes back to what failed before it.
    await window.workbench.findTreeItem('Backfills', /failed date before its last success/i);
    await picture(window.workbench, 'a job started elsewhere');
  });

  it('sorts what the pipeline notes as failed by what it means', async () => {
    const entity = (name: string) => ({ processor: 'PlayerShotZoneAnalysisProcessor', date: '2021-11-05', entity: name });
    await repository.recordFailures([
      { ...entity('ann'), category: 'INSUFFICIENT_DATA', reason: 'needs 10 games, has 8' },
      { ...entity('bob'), category: 'insufficient_data', reason: 'needs 10 games, has 7' },
      {
        processor: 'PlayerCompositeFactorsProcessor',
        date: '2021-11-09',
        entity: 'DATE_LEVEL',
        category: 'PROCESSING_ERROR',
        reason: 'KeyError: minutes',
      },
      {
        processor: 'MLFeatureStoreProcessor',
        date: '2021-11-24',
        entity: 'DATE_LEVEL',
        category: 'UPSTREAM_INCOMPLETE',
        reason: 'PDC is empty',
      },
    ]);
    await repository.recordRun('MLFeatureStoreProcessor', '2021-11-24', 65, { extract_time: 28.3, calculate_time: 2.1 });
    window = await PipelineWindow.open(repository.folder);
    await window.openView('Failures');
    const stop = await window.workbench.findTreeItem('Failures', /PROCESSING_ERROR/);
    assert.equal(await stop.getAttribute('aria-expanded'), 'true');
    const names = await window.workbench.treeNames('Failures');
    const at = (pattern: RegExp) => names.findIndex((name) => pattern.test(name));
    assert.ok(
      at(/PROCESSING_ERROR/) < at(/UPSTREAM_INCOMPLETE/) && at(/UPSTREAM_INCOMPLETE/) < at(/^Expected/),
      names.join('\n'),
    );
    const expected = await window.workbench.findTreeItem('Failures', /^Expected/);
    assert.equal(await expected.getAttribute('aria-expanded'), 'false');
    await picture(window.workbench, 'failures of a real pipeline');
    const stale = JSON.stringify(await commandLine(repository.folder, 'failures', '--stale'));
    assert.match(stale, /UPSTREAM_INCOMPLETE/);
    assert.doesNotMatch(stale, /PROCESSING_ERROR/);
    const explained = JSON.stringify(await commandLine(repository.folder, 'explain', 'MLFS', '2021-11-24'));
    assert.match(explained, /28\.3/);
  });

  it('checks the tables against the manifest, and gives the statement that mends them', async () => {
    const problems = JSON.stringify(await commandLine(repository.folder, 'check'));
    assert.match(problems, /ALTER TABLE .*player_prop_predictions.* ADD COLUMN `scoring_tier` STRING/);
  });
});

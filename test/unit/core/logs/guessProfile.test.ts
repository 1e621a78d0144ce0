import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { BUILT_IN_PROFILES } from '../../../../src/core/logs/builtIn/profiles';
import { guessProfile } from '../../../../src/core/logs/guessProfile';
import { SHARED_DATA } from '../../../support/realSeasons';
import { skipBecause } from '../../../support/skip';

describe('the profile of a log', () => {
  it('is guessed from what it tells', function () {
    const read = (name: string) => readFileSync(path.join(SHARED_DATA, 'logs', name), 'utf8');
    if (!existsSync(path.join(SHARED_DATA, 'logs'))) skipBecause(this, `no public logs in ${SHARED_DATA}`);
    const guess = (name: string) => guessProfile(read(name), BUILT_IN_PROFILES);
    assert.equal(guess('tdza.stderr'), 'nba-phase4');
    assert.equal(guess('ml_feature_store.stderr'), 'nba-phase4');
    assert.equal(guess('player_game_summary.stderr'), 'nba-phase3');
    assert.equal(guess('tdza_rerun.stdout'), undefined, 'it tells of no date');
  });

  it('is told apart by what is before messages and how dates begin', () => {
    const at = '2025-12-10 14:03:22,123 - INFO - ';
    const predictions = `${at}Processing game date 1/4: 2021-11-16\n${at}  ✓ Success: 232 predictions in 11.8s\n`;
    assert.equal(guessProfile(predictions, BUILT_IN_PROFILES), 'nba-phase5');
    assert.equal(guessProfile(`${at}[3/30] Exporting 2021-11-03\n`, BUILT_IN_PROFILES), 'nba-phase6');
  });
});

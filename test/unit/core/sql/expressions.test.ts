import assert from 'node:assert/strict';
import { dependsOnMore } from '../../../../src/core/sql/expressions';

const isMore = (expression: string) => dependsOnMore({ subject: 'A: `where`', expression }, 'googlesql');

describe('What an expression depends on', () => {
  it('is more than the rows that it is told of, where it asks elsewhere', () => {
    for (const expression of [
      'game_id IN (SELECT game_id FROM nba.games)',
      'EXISTS(\n-- pipes\nFROM nba.games)',
      '(game_id) IN (nba.games |> WHERE finished)',
      'game_date < CURRENT_DATE()',
      'current_timestamp > loaded_at',
      'RAND() < 0.5',
      'owner = SESSION_USER()',
      'nba.is_final(status)',
      '`p.nba`.`is_final` (status)',
      'nba.`is_final`(status)',
      '`p.nba.is_final`(status)',
    ])
      assert.ok(isMore(expression), expression);
  });

  it('is those rows alone otherwise, whatever words stand in it', () => {
    for (const expression of [
      'points > 0 AND player IS NOT NULL',
      "EXTRACT(YEAR FROM game_date) = 2021 AND status IS DISTINCT FROM 'void'",
      "note != 'SELECT' AND note LIKE '%(FROM%' # CURRENT_DATE",
      'shot.made AND COALESCE(shot.zone, zone) IN (zone)',
      'selected OR `select`',
      'a | b > 0',
    ])
      assert.equal(isMore(expression), false, expression);
  });
});

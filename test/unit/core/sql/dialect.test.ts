import assert from 'node:assert/strict';
import { type CoverageBranch, coverageBranches, entitiesSql, partitionSql, unionOf } from '../../../../src/core/sql/coverage';
import { bigqueryDialect } from '../../../../src/core/sql/dialect';
import { buildPipeline, DAILY, day, GAMES } from '../../../support/builders';

const TYPES: Readonly<Record<string, string>> = { at: 'TIMESTAMP', local: 'DATETIME', text: 'STRING', day: 'DATE' };
const dialect = bigqueryDialect({ path: (table) => `my-project.${table}`, typeOf: (_, column) => TYPES[column] });
const november = { from: day('2021-11-01'), to: day('2021-11-30') };
const first = { from: day('2021-11-01'), to: day('2021-11-01') };

describe('The BigQuery dialect', () => {
  it('puts a whole path into one pair of backticks', () => {
    assert.equal(dialect.from('nba.games'), '`my-project.nba.games`');
    assert.equal(dialect.name('odd`name\\'), '`odd\\`name\\\\`');
  });

  it('escapes texts by backslashes', () => {
    assert.equal(dialect.text("it's \\ here\nand there"), "'it\\'s \\\\ here\\nand there'");
  });

  it('compares bare columns with literals, so that partitions are pruned', () => {
    assert.equal(dialect.within('day', 't', november), "`day` BETWEEN DATE '2021-11-01' AND DATE '2021-11-30'");
    assert.equal(dialect.within('day', 't', first), "`day` = DATE '2021-11-01'");
    assert.equal(
      dialect.within('at', 't', november),
      "(`at` >= TIMESTAMP '2021-11-01 00:00:00+00' AND `at` < TIMESTAMP '2021-12-01 00:00:00+00')",
    );
    assert.equal(
      dialect.within('local', 't', first),
      "(`local` >= DATETIME '2021-11-01 00:00:00' AND `local` < DATETIME '2021-11-02 00:00:00')",
    );
    const never = { from: day('9999-12-31'), to: day('9999-12-31') };
    assert.equal(dialect.within('at', 't', never), "(`at` >= TIMESTAMP '9999-12-31 00:00:00+00')");
    assert.equal(dialect.within('text', 't', first), "SAFE_CAST(`text` AS DATE) = DATE '2021-11-01'");
  });

  it('takes an instant for the date of UTC, and a column of unknown type for a date', () => {
    assert.deepEqual(
      ['at', 'local', 'text', 'day', 'unknown'].map((column) => dialect.dateOf(column, 't')),
      ["DATE(`at`, 'UTC')", 'DATE(`local`)', 'SAFE_CAST(`text` AS DATE)', '`day`', '`unknown`'],
    );
  });

  it('makes the same texts from the same branches', () => {
    const pipeline = buildPipeline({
      calendars: [GAMES, DAILY],
      nodes: [
        {
          id: 'PGS',
          tables: ['mart.pgs'],
          dateColumn: 'day',
          entity: ['player'],
          key: ['game', 'player'],
          writtenAt: 'at',
          checks: [{ name: 'scored', expression: 'points > 0', atLeast: 1 }],
        },
      ],
    });
    const shared = { ...pipeline, nodes: pipeline.nodes.map((node) => ({ ...node, where: "version = 'v1' # the first" })) };
    const [games, pgs] = coverageBranches(shared, dialect, november) as [CoverageBranch, CoverageBranch];
    assert.match(games.sql, /FROM `my-project\.raw\.schedule`/);
    assert.equal(
      pgs.sql,
      [
        "SELECT 'PGS' AS key, 'mart.pgs' AS tbl, `day` AS day,",
        '  COUNT(*) AS row_count,',
        '  COUNT(DISTINCT `player`) AS entity_count,',
        '  COUNT(DISTINCT TO_JSON_STRING(STRUCT(`game`, `player`))) AS key_count,',
        '  UNIX_MILLIS(CAST(MAX(`at`) AS TIMESTAMP)) AS written_ms,',
        '  AVG(CASE WHEN (points > 0) THEN 1.0 ELSE 0.0 END) AS check_1',
        'FROM `my-project.mart.pgs`',
        "WHERE `day` BETWEEN DATE '2021-11-01' AND DATE '2021-11-30'",
        "  AND (version = 'v1' # the first",
        ')',
        'GROUP BY 3',
      ].join('\n'),
    );
    assert.match(unionOf([games, pgs]), /\nUNION ALL\n/);
    const [node] = pipeline.nodes;
    assert.ok(node);
    assert.match(partitionSql(node, 'mart.pgs', dialect, [first]), /FARM_FINGERPRINT\(TO_JSON_STRING\(backfill_observed\)\)/);
    assert.match(entitiesSql(node, 'mart.pgs', dialect, [first]), /^SELECT DISTINCT `day` AS day, CAST\(`player` AS STRING\)/);
  });
});

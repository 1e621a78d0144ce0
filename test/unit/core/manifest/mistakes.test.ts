import assert from 'node:assert/strict';
import { readManifest } from '../../../../src/core/manifest/readManifest';
import { assertProblems, unmark } from './marked';

const SOUND = {
  version: 'version: 1',
  name: 'name: Games',
  warehouse: 'warehouse: { type: duckdb, path: games.duckdb }',
  seasons: 'seasons: [{ name: 2021-22, start: 2021-10-19, end: 2022-06-16 }]',
  calendars: 'calendars:\n  games: { table: raw.schedule, date_column: game_date }\n  daily: { every: day }',
  sources: 'sources: [{ id: BOX, table: raw.box, date_column: d, entity: player }]',
  phases: 'phases: [{ id: p1, processors: [{ id: PGS, table: a.pgs, date_column: d }] }]',
};

/** A sound manifest with sections replaced or added. */
function manifest(sections: Readonly<Record<string, string>> = {}): string {
  return Object.values({ ...SOUND, ...sections })
    .filter((text) => text !== '')
    .join('\n');
}

/** A sound manifest whose only phase holds these processors, each without its own id, table and column. */
function processors(...bodies: string[]): string {
  const lines = bodies.map((body, index) => `  - { id: P${index + 1}, table: a.p${index + 1}, date_column: d, ${body} }`);
  return manifest({ phases: `phases:\n- id: p1\n  processors:\n${lines.join('\n')}` });
}

function finds(title: string, marked: string, ...expected: string[]): void {
  it(title, () => {
    const source = unmark(marked);
    const { problems, pipeline } = readManifest(source.text);
    assertProblems(problems, source, expected);
    assert.equal(
      pipeline === undefined,
      problems.some(({ severity }) => severity === 'error'),
    );
  });
}

describe('mistakes in a manifest', () => {
  finds('none in a sound one', manifest());

  describe('in the syntax', () => {
    finds('an empty text', '«»', 'empty: The manifest is empty: start with `version: 1`, or run `backfill init`.');
    finds('only a comment', '«»# to do\n', 'empty: The manifest is empty: start with `version: 1`, or run `backfill init`.');
    finds(
      'what a merge left',
      'version: 1\n«<<<<<<< HEAD»\nname: a\n=======\nname: b\n>>>>>>> other\nphases: []\n',
      'syntax: A merge left its conflict here: choose what counts, and take the lines with <<<, === and >>> away.',
    );
    finds('a tab', 'version: 1\nwarehouse:\n«\t»type: duckdb', 'syntax: Indent with spaces: YAML allows no tabs here.');
    finds(
      'two colons',
      'name: «a»: b',
      'syntax: A second `: ` on one line: put the value in quotes, or the inner mapping on its own lines or in braces.',
    );
    finds(
      'a key without a colon',
      'version: 1\n«name»',
      'syntax: Write a colon and a value after this key, or correct the indentation.',
    );
    finds(
      'a second document',
      'version: 1\n«---\nversion: 1»',
      'syntax: A second YAML document starts here: keep one and remove the `---` line.',
    );
    finds(
      'a value that needs quotes',
      'name: «@»x',
      'syntax: Put the value in quotes: plain YAML text cannot start with this character.',
    );
    finds(
      'an alias of nothing',
      manifest({ name: 'name: «*title»' }),
      'syntax: Nothing above is marked `&title`: add that anchor or write the value out.',
    );
    finds(
      'a text where the manifest should be',
      '«hello»',
      'wrongType: The manifest must be a mapping (`version`, `name`, `extends`, `without`, `warehouse`, `seasons`, …), not the text "hello".',
    );
  });

  describe('in keys', () => {
    finds(
      'an unknown one that is near',
      manifest({ due: 'due: { «after_dayz»: 2 }' }),
      'unknownKey: `after_dayz` is no key of `due`. Did you mean `after_days`? => after_days',
    );
    finds(
      'an unknown one that is far',
      manifest({ due: 'due: { «colour»: 2 }' }),
      'unknownKey: `colour` is no key of `due`. It knows after_days, zone.',
    );
    finds(
      'a mistyped one whose value is wrong too',
      manifest({ due: 'due: { «after_dayz»: «-1» }' }),
      'unknownKey: `after_dayz` is no key of `due`. Did you mean `after_days`? => after_days',
      'badValue: `after_days` must be at least 0, not -1.',
    );
    finds(
      'a mistyped one that is required',
      manifest({ sources: 'sources: [{ id: BOX, «tabel»: a.b, date_column: d }]' }),
      'unknownKey: `tabel` is no key of a source. Did you mean `table`? => table',
    );
    finds('twice', `${manifest()}\n«name»: Again`, 'duplicateKey: `name` is there twice in the manifest: remove one.');
    finds('a list as a key', `${manifest()}\n? «[a]»\n: 1`, 'wrongType: A key in the manifest must be a plain word.');
    finds('missing', manifest({ version: '«version: 1»', name: '' }), 'missingKey: `name` is missing in the manifest: add it.');
    finds(
      'missing in a list',
      manifest({ sources: 'sources:\n  - «id: BOX» # the boxes\n    table: a.b' }),
      'missingKey: `date_column` is missing in a source: add it.',
    );
    finds(
      'without a table',
      manifest({ sources: 'sources: [«{ id: BOX, date_column: d }»]' }),
      'missingKey: Its table is missing: add `table: dataset.table`, or `tables` for several.',
    );
    finds('empty', manifest({ due: '«due»:' }), 'wrongType: `due` must be a mapping (`after_days`, `zone`), not empty.');
    finds(
      'both `table` and `tables`',
      manifest({ sources: 'sources: [{ id: BOX, table: a.b, tables: «[a.c]», date_column: d }]' }),
      'conflictingKeys: Write `table` for one table or `tables` for several, not both.',
    );
  });

  describe('in values', () => {
    finds('of a type', manifest({ sources: 'sources: «BOX»' }), 'wrongType: `sources` must be a list, not the text "BOX".');
    finds(
      'an expression that ends a statement',
      processors('where: «"v = 1; DROP TABLE x"»'),
      'badValue: `where` must be one SQL expression: a semicolon would start a second statement.',
    );
    finds(
      'an expression that leaves its parentheses',
      processors('checks: [{ name: c, expression: «"true) OR (true"», at_least: 1 }]'),
      'badValue: `expression` must be one SQL expression: a parenthesis is closed that was never opened.',
    );
    finds(
      'a number for a text',
      manifest({ name: 'name: «2021»' }),
      'wrongType: `name` must be a text in quotes, not 2021. => "2021"',
    );
    finds('a blank text', manifest({ name: 'name: «" "»' }), 'badValue: `name` is blank: write a text.');
    finds(
      'a control character',
      manifest({ name: 'name: «"a\\e[31m"»' }),
      'badValue: `name` contains a control character: remove it.',
    );
    finds('an empty list', manifest({ phases: 'phases: «[]»' }), 'badValue: `phases` is empty: name at least one.');
    finds(
      'another version',
      manifest({ version: 'version: «2»' }),
      'badValue: `version` must be 1, the only one that this release reads, not 2.',
    );
    finds(
      'a quoted version',
      manifest({ version: 'version: «"1"»' }),
      'badValue: `version` must be 1, the only one that this release reads, not the text "1". => 1',
    );
    finds(
      'another warehouse',
      manifest({ warehouse: 'warehouse: { type: «duckdbb», path: x }' }),
      'badValue: `type` must be duckdb or parquet or bigquery, not the text "duckdbb". Did you mean `duckdb`? => duckdb',
    );
    finds(
      'a key of another warehouse',
      manifest({ warehouse: 'warehouse: { type: parquet, path: x, «location»: us }' }),
      'unknownKey: `location` is no key of a parquet warehouse. It knows type, path.',
    );
    finds(
      'a size',
      manifest({ warehouse: 'warehouse: { type: bigquery, project: p, max_bytes_billed: «lots» }' }),
      'wrongType: `max_bytes_billed` must be a size such as 500MB or 1GB, not the text "lots".',
    );
    finds(
      'a project',
      manifest({ warehouse: 'warehouse: { type: bigquery, project: «my project» }' }),
      'badName: "my project" is no project: write the id of a project of Google Cloud, such as my-project.',
    );
    finds(
      'an address without its protocol',
      manifest({ warehouse: 'warehouse: { type: bigquery, project: p, endpoint: «127.0.0.1:9050» }' }),
      'wrongType: `endpoint` must be an address such as http://127.0.0.1:9050, not the text "127.0.0.1:9050".',
    );
    finds(
      'a weekday of no weekly calendar',
      manifest({ calendars: 'calendars: { daily: { every: day, on: «sunday» } }' }),
      'warning noEffect: `on` is the weekday of `every: week`, and has no effect with `every: day`.',
    );
    finds(
      'a preset',
      manifest({ extends: 'extends: «preset:unheard-of»' }),
      'unknownReference: No preset is called `unheard-of`. There is nba-stats-scraper.',
    );
    finds(
      'an id',
      manifest({ sources: 'sources: [{ id: «"box scores"», table: a.b, date_column: d }]' }),
      'badId: "box scores" is no id: use at most 64 letters, digits, _ and -.',
    );
    finds(
      'a table without dataset',
      manifest({ sources: 'sources: [{ id: BOX, table: «box», date_column: d }]' }),
      'badName: "box" is no table name: write dataset.table or project.dataset.table, each of letters, digits, _ and -, without quotes.',
    );
    finds(
      'a table that would leave its quotes',
      manifest({ sources: "sources: [{ id: BOX, table: «'a.b\"; DROP'», date_column: d }]" }),
      'badName: "a.b"; DROP" is no table name: write dataset.table or project.dataset.table, each of letters, digits, _ and -, without quotes.',
    );
    finds(
      'a column',
      manifest({ sources: 'sources: [{ id: BOX, table: a.b, date_column: «game-date» }]' }),
      'badName: "game-date" is no column name: use letters, digits and _, and start with no digit.',
    );
    finds(
      'one column of several',
      processors('key: [a, «1b»]'),
      'badName: "1b" is no column name: use letters, digits and _, and start with no digit.',
    );
    finds(
      'a negative count',
      processors('needs: [{ source: BOX, min_rows: «-1» }]'),
      'badValue: `min_rows` must be at least 0, not -1.',
    );
    finds(
      'half a count',
      processors('needs: [{ source: BOX, min_rows: «1.5» }]'),
      'wrongType: `min_rows` must be a whole number, not 1.5.',
    );
    finds(
      'no rows as an expectation',
      processors('expect: { min_rows: «0» }'),
      'badValue: `min_rows` must be at least 1, not 0.',
    );
    finds(
      'a share in percent',
      processors('checks: [{ name: c, expression: x > 0, at_least: «95» }]'),
      'badValue: `at_least` is a share from 0 to 1, not 95. Did you mean `0.95`? => 0.95',
    );
    finds(
      'a negative share',
      processors('checks: [{ name: c, expression: x > 0, at_least: «-0.1» }]'),
      'badValue: `at_least` is a share from 0 to 1, not -0.1.',
    );
    finds(
      'a share that is none',
      processors('checks: [{ name: c, expression: x > 0, at_least: «.nan» }]'),
      'badValue: `at_least` is a share from 0 to 1, not .nan.',
    );
    finds(
      'a truth value',
      processors('needs: [{ source: BOX, critical: «maybe» }]'),
      'wrongType: `critical` must be true or false, not the text "maybe".',
    );
    finds(
      'a pattern without what is to be read of it',
      manifest({ log_profiles: "log_profiles: { mine: { rows: «'wrote (\\d+)'» } }" }),
      'missingGroup: `rows` lacks what is to be read: write it as (?<rows>…).',
    );
    finds(
      'a pattern without names of stages',
      manifest({ log_profiles: "log_profiles: { mine: { stage: [«'took (\\d+)s'»] } }" }),
      'missingGroup: A pattern of `stage` names no group: write what it captures as (?<name>…).',
    );
    finds(
      'a group that nobody reads',
      manifest({ log_profiles: "log_profiles: { mine: { failure: «'failed: (?<caus>.*)'» } }" }),
      'warning unknownGroup: The group `caus` of `failure` is not read. Did you mean `cause`?',
    );
    finds(
      'a built-in profile',
      manifest({ log_profiles: 'log_profiles: { mine: { extends: «nba-phas4» } }' }),
      'badValue: `extends` must be generic or nba-phase3 or nba-phase4 or nba-phase5 or nba-phase6, not the text "nba-phas4". Did you mean `nba-phase4`? => nba-phase4',
    );
    finds(
      'a log profile',
      processors('log: «nba-phas4»'),
      'unknownReference: No log profile is called `nba-phas4`. Did you mean `nba-phase4`? => nba-phase4',
    );
    finds(
      'a regular expression',
      manifest({ log_profiles: 'log_profiles: { p: { success: «"(ok"» } }' }),
      'badValue: `success` is no regular expression: Invalid regular expression: /(ok/: Unterminated group.',
    );
    finds(
      'a failure table',
      manifest({ failures: 'failures: [«{ table: a.f, processor: p, date: d }»]' }),
      'missingKey: `category` is missing in a failure table: name the column that holds the kind of failure, or give all rows one `label`.',
    );
    finds(
      'a category that is expected and stops',
      manifest({ failures: 'failures: [{ table: a.f, processor: p, date: d, category: c, expected: [Gap], stop: «[GAP]» }]' }),
      'badValue: `GAP` is in `expected` and in `stop`: remove one.',
    );
    finds(
      'a word of two statuses',
      manifest({
        history: 'history: { table: a.h, processor: p, date: d, status: s, statuses: { success: [ok, Done], failed: «done» } }',
      }),
      'badValue: `done` is a word of `success` already: remove one.',
    );
    finds(
      'stages without keys',
      manifest({ history: 'history: { table: a.h, processor: p, date: d, status: s, stages: «{ column: summary }» }' }),
      'missingKey: `seconds` is missing in `stages`: add it.',
    );
    finds(
      'a history',
      manifest({ history: 'history: { table: a.h, processor: p, date: d, status: «"s t"» }' }),
      'badName: "s t" is no column name: use letters, digits and _, and start with no digit.',
    );
    finds(
      'checkpoints',
      manifest({ checkpoints: 'checkpoints: «/tmp/x»' }),
      'wrongType: `checkpoints` must be a mapping (`path`), not the text "/tmp/x".',
    );
  });

  describe('in dates', () => {
    const season = (start: string, end: string): string =>
      manifest({ seasons: `seasons: [{ name: s, start: ${start}, end: ${end} }]` });
    finds(
      'one that no month has',
      season('«2021-02-30»', '2021-06-01'),
      'badDate: 2021-02-30 is no date: that month ends on 2021-02-28.',
    );
    finds(
      'one that no year has',
      season('«2021-13-01»', '2021-06-01'),
      'badDate: `start` must be a date written as YYYY-MM-DD, not "2021-13-01".',
    );
    finds(
      'one without zeros',
      season('«2021-1-5»', '2021-06-01'),
      'badDate: `start` must be a date written as YYYY-MM-DD, not "2021-1-5". Did you mean `2021-01-05`? => 2021-01-05',
    );
    finds('a year', season('«2021»', '2021-06-01'), 'wrongType: `start` must be a date such as 2021-10-19, not 2021.');
    finds(
      'the end before the start',
      season('2022-06-16', '«2021-10-19»'),
      'badDate: `end` is 2021-10-19, before the start 2022-06-16: swap them or correct the year.',
    );
    finds(
      'an exclusion that ends first',
      manifest({ exclude: 'exclude: [{ from: 2022-02-23, to: «2022-02-18», reason: r }]' }),
      'badDate: `to` is 2022-02-18, before the start 2022-02-23: swap them or correct the year.',
    );
    finds(
      'an exclusion without an end',
      manifest({ exclude: 'exclude: [«{ from: 2022-02-23, reason: r }»]' }),
      'missingKey: The dates are not complete: add `to`, such as 2022-02-18.',
    );
    finds(
      'an exclusion without dates',
      manifest({ exclude: 'exclude: [«{ reason: r }»]' }),
      'missingKey: The dates are not complete: add `from` and `to`, or `date`, such as 2022-02-18.',
    );
    finds(
      'an exclusion with too many',
      manifest({ exclude: 'exclude: [{ date: «2022-02-23», to: 2022-02-24, reason: r }]' }),
      'conflictingKeys: `date` stands for both ends: remove it, or `from` and `to`.',
    );
    finds(
      'seasons that overlap',
      manifest({
        seasons:
          'seasons:\n- «{ name: b, start: 2021-06-01, end: 2021-07-01 }»\n- { name: a, start: 2021-01-01, end: 2021-06-01 }',
      }),
      'overlap: Season "b" starts on 2021-06-01, before "a" ends on 2021-06-01: let it start later.',
    );
    finds(
      'a season within another, and one after it',
      manifest({
        seasons:
          'seasons:\n- { name: a, start: 2021-01-01, end: 2021-12-31 }\n- «{ name: b, start: 2021-02-01, end: 2021-03-01 }»\n- «{ name: c, start: 2021-04-01, end: 2022-03-01 }»',
      }),
      'overlap: Season "b" starts on 2021-02-01, before "a" ends on 2021-12-31: let it start later.',
      'overlap: Season "c" starts on 2021-04-01, before "a" ends on 2021-12-31: let it start later.',
    );
    finds(
      'seasons of one name',
      manifest({
        seasons:
          'seasons:\n- { name: a, start: 2021-01-01, end: 2021-02-01 }\n- «{ name: a, start: 2021-04-01, end: 2021-05-01 }»',
      }),
      'duplicateId: Two seasons are called "a": rename one.',
    );
    finds(
      'a mistyped century',
      manifest({ seasons: 'seasons: [«{ name: a, start: 1021-10-19, end: 2022-06-16 }»]' }),
      'badDate: The seasons span more than 100 years (1021-10-19 to 2022-06-16): check their years.',
    );
    finds(
      'a zone',
      manifest({ due: 'due: { zone: «America/NewYork» }' }),
      'badValue: "America/NewYork" is no time zone that is known here: write one such as America/New_York or UTC. Did you mean `America/New_York`? => America/New_York',
    );
    finds(
      'a rhythm',
      manifest({ calendars: 'calendars: { weekly: { every: «weeks» } }' }),
      'badValue: `every` must be day or weekday or week, not the text "weeks". Did you mean `week`? => week',
    );
  });

  describe('in references', () => {
    finds(
      'an id that is taken',
      processors('id: P9', 'needs: []').replace('id: P1, ', '').replace('id: P9', 'id: «BOX»'),
      'duplicateId: The id `BOX` is taken on line 8: choose another.',
    );
    finds(
      'a phase that is taken',
      manifest({
        phases:
          'phases:\n- { id: a, processors: [{ id: X, table: a.x, date_column: d }] }\n- { id: «a», processors: [{ id: Y, table: a.y, date_column: d }] }',
      }),
      'duplicateId: The id `a` is taken on line 10: choose another.',
    );
    finds(
      'an unknown processor',
      processors('needs: [{ processor: «PX2», min_rows: 3 }]', 'needs: []'),
      'unknownReference: No processor has the id `PX2`. Did you mean `P2`? => P2',
    );
    finds(
      'an unknown source',
      processors('needs: [{ source: «SHOTS» }]'),
      'unknownReference: No source has the id `SHOTS`. There are BOX.',
    );
    finds(
      'an unknown bare id',
      processors('needs: [«BOXX»]'),
      'unknownReference: No source or processor has the id `BOXX`. Did you mean `BOX`? => BOX',
    );
    finds(
      'an unknown alternative',
      processors('needs: [{ any_of: [BOX, «BOXX», { source: «BOY» }] }]'),
      'unknownReference: No source or processor has the id `BOXX`. Did you mean `BOX`? => BOX',
      'unknownReference: No source has the id `BOY`. Did you mean `BOX`? => BOX',
    );
    finds(
      'a source called processor',
      processors('needs: [{ processor: «BOX» }]'),
      'unknownReference: `BOX` is a source: write `source: BOX`. => source',
    );
    finds(
      'a ratio of an unknown one',
      processors('expect: { ratio_of: { processor: «PDC», at_least: 0.9 } }'),
      'unknownReference: No processor has the id `PDC`. There are P1.',
    );
    finds(
      'an unknown calendar',
      processors('calendar: «gamez»'),
      'unknownReference: No calendar is called `gamez`. Did you mean `games`? => games',
    );
    finds(
      'an unknown calendar of a phase',
      manifest({ phases: 'phases: [{ id: p1, calendar: «weekly», processors: [{ id: PGS, table: a.pgs, date_column: d }] }]' }),
      'unknownReference: No calendar is called `weekly`. There are games, daily.',
    );
    finds(
      'a need on nothing',
      processors('needs: [«{ min_rows: 3 }»]'),
      'missingKey: A need must say on what: add `processor: ID` or `source: ID`.',
    );
    finds(
      'a need on two',
      processors('needs: [{ processor: P1, source: «BOX», at: previous }]'),
      'conflictingKeys: A need is on one node: remove `processor` or `source`.',
    );
    finds(
      'two windows',
      processors('needs: [{ source: BOX, at: previous, last_dates: «3» }]'),
      'conflictingKeys: `at` and `last_dates` both say which dates: remove one.',
    );
    finds(
      'a share of one date',
      processors('needs: [{ source: BOX, at_least: «0.9» }]'),
      'conflictingKeys: `at_least` is a share of several dates: add `last_dates` or `last_days`, or use `min_rows`.',
    );
    finds('no alternatives', processors('needs: [{ any_of: «[]» }]'), 'badValue: `any_of` is empty: name at least one.');
    finds('a number of alternatives', processors('needs: [{ any_of: «3» }]'), 'wrongType: `any_of` must be a list, not 3.');
    finds(
      'critical within any_of',
      processors('needs: [{ any_of: [{ source: BOX, «critical»: true }] }]'),
      'unknownKey: `critical` is no key of an alternative of `any_of`. It knows processor, source, at, last_dates, last_days, min_rows, backfill_min_rows, min_entities, backfill_min_entities, at_least, mode.',
    );
    finds(
      'entities of a node that has none',
      processors('needs: [{ processor: P2, min_entities: «3» }]', 'needs: []'),
      'missingKey: `P2` has no `entity` to count: say there which column names its entities.',
    );
    finds(
      'expected entities without entity',
      processors('expect: «{ entities: 30 }»'),
      'missingKey: `entities` counts distinct entities: say with `entity` which column names them.',
    );
    finds(
      'rows a count where nothing is counted',
      processors('calendar: daily, expect: { rows_per_count: «20» }'),
      "conflictingKeys: `rows_per_count` multiplies a calendar's count, and `daily` has none: use `min_rows`, or a calendar with a table.",
    );
    finds(
      'a need on itself',
      processors('needs: [{ processor: «P1» }]'),
      'cycle: `P1` needs itself on the same date. Remove one of the needs, or let it look back with `at: previous`.',
    );
    finds(
      'a circle',
      processors(
        'needs: [{ processor: P2 }]',
        'needs: [BOX, { any_of: [P3], critical: false }]',
        'expect: { ratio_of: { processor: «P1», at_least: 0.5 } }',
      ),
      'cycle: These need each other on the same date: P1 → P2 → P3 → P1. Remove one of the needs, or let it look back with `at: previous`.',
    );
    finds(
      'no circle through the past',
      processors(
        'needs: [{ processor: P2 }]',
        'needs: [{ processor: P1, at: previous }, { processor: P1, last_dates: 3 }, { processor: P1, last_days: 3 }]',
      ),
    );
    finds(
      'a need on a later phase',
      manifest({
        phases:
          'phases:\n- { id: a, processors: [{ id: X, table: a.x, date_column: d, needs: [«Y»] }] }\n- { id: b, processors: [{ id: Y, table: a.y, date_column: d }] }',
      }),
      'warning laterPhase: `Y` is of a later phase, which runs after this one: move one of the two.',
    );
  });

  describe('in tables', () => {
    const two = (first: string, second: string): string =>
      manifest({
        phases: `phases:\n- id: p1\n  processors:\n  - { id: A, date_column: d, ${first} }\n  - { id: B, date_column: d, ${second} }`,
      });
    finds(
      'two owners of one',
      two('tables: [a.b, a.x]', 'table: «a.x»'),
      'warning sharedTable: `A` fills `a.x` as well: correct the table, or give each its share with `where`.',
    );
    finds('no mistake in two shares of one', two('table: a.x, where: v = 1', 'table: a.x, where: v = 2'));
    finds('no mistake in observing a source that a processor fills', two('table: raw.box', 'table: a.x'));
  });

  describe('in runs', () => {
    const run = (text: string): string => processors(`run: ${text}`);
    finds(
      'a shell line',
      run('{ command: «"python job.py {date}"» }'),
      'wrongType: `command` is the text "python job.py {date}": a command is a list of program and arguments, such as [python, job.py, --date, "{date}"]; no shell reads it.',
    );
    finds(
      'a number as an argument',
      run('{ command: [job, -n, «5», "{date}"] }'),
      'wrongType: An argument of `command` must be a text in quotes, not 5. => "5"',
    );
    finds(
      'a list as an argument',
      run('{ command: [job, «[x]», "{date}"] }'),
      'wrongType: An argument of `command` must be a text, not a list.',
    );
    finds('an empty command', run('{ command: «[]» }'), 'badValue: The command is empty: name the program and its arguments.');
    finds(
      'no program',
      run('{ command: «["", "{date}"]» }'),
      'badValue: The command is empty: name the program and its arguments.',
    );
    finds(
      'nothing to run',
      run('«{ slots: 2 }»'),
      'missingKey: A run must say what runs: add `sql: FILE`, or `command:` with a list of program and arguments.',
    );
    finds(
      'two things to run',
      run('«{ sql: a.sql, command: [x] }»'),
      'conflictingKeys: A run has `sql` or `command`, not both: remove one, or make it a list of two runs.',
    );
    finds(
      'no date',
      run('{ command: «[job]» }'),
      'placeholder: With `each: date` the command must contain `{date}`, or it cannot know which dates to run.',
    );
    finds(
      'no end',
      run('{ each: range, command: «[job, "{start}"]» }'),
      'placeholder: With `each: range` the command must contain `{end}`, or it cannot know which dates to run.',
    );
    finds(
      'the placeholder of another way',
      run('{ each: list, command: «[job, «"{date}"»]» }'),
      'placeholder: With `each: list` the command must contain `{dates}`, or it cannot know which dates to run.',
      'placeholder: `{date}` is not filled with `each: list`: use `{dates}`, or change `each`.',
    );
    finds(
      'a placeholder that nobody fills',
      run('{ command: [job, «"--on={dat}"», "{date}"] }'),
      'warning placeholder: `{dat}` is no placeholder and is passed on as it is. Did you mean `date`?',
    );
    finds(
      'another way',
      run('{ each: «ranges», command: [job, "{date}"] }'),
      'badValue: `each` must be date or range or list, not the text "ranges". Did you mean `range`? => range',
    );
    finds(
      'a duration without unit',
      run('{ command: [job, "{date}"], silence: «10» }'),
      'wrongType: `silence` must be a duration with its unit, such as 90s, 10m or 2h, not 10.',
    );
    finds(
      'no time at all',
      run('{ command: [job, "{date}"], silence: «0s» }'),
      'badValue: `silence` must be longer than 0s and at most 24d, not the text "0s".',
    );
    finds(
      'more time than timers have',
      run('{ command: [job, "{date}"], timeout_per_date: «25d» }'),
      'badValue: `timeout_per_date` must be longer than 0s and at most 24d, not the text "25d".',
    );
    finds('no slots', run('{ command: [job, "{date}"], slots: «0» }'), 'badValue: `slots` must be at least 1, not 0.');
    finds(
      'many dates of one',
      run('{ command: [job, "{date}"], max_dates: «3» }'),
      'warning noEffect: `max_dates` has no effect with `each: date`, which is one date a call: remove it.',
    );
    finds(
      'an override that is a line',
      run('{ command: [job, "{date}"], overrides: { fresh: «--no-resume» } }'),
      'wrongType: `fresh` is the text "--no-resume": a command is a list of program and arguments, such as [python, job.py, --date, "{date}"]; no shell reads it.',
    );
    finds(
      'an absolute file',
      run('{ sql: «/etc/x.sql» }'),
      'badValue: Write the path of the SQL file relative to the manifest, not "/etc/x.sql".',
    );
    finds(
      'one query for several tables',
      manifest({
        phases: 'phases: [{ id: p1, processors: [{ id: PGS, tables: [a.b, a.c], date_column: d, run: «{ sql: x.sql }» }] }]',
      }),
      'conflictingKeys: A run with `sql` fills one table, and this processor has several: use `command`, or split it.',
    );
    finds(
      'a variable',
      processors('env: { «A-B»: x, OK: «1» }'),
      'badName: "A-B" is no variable name: use letters, digits and _, and start with no digit.',
      'wrongType: `OK` must be a text in quotes, not 1. => "1"',
    );
    finds(
      'what a job writes',
      processors(
        'writes: { tier: «"STRING; DROP"», «a-b»: DATE, c: { type: «3», «nulable»: true }, d: "ARRAY<NUMERIC(10, 2)>" }',
      ),
      'badValue: "STRING; DROP" is no type of a column: write one such as STRING or ARRAY<FLOAT64>.',
      'badName: "a-b" is no column name: use letters, digits and _, and start with no digit.',
      'wrongType: `type` must be a text in quotes, not 3. => "3"',
      'unknownKey: `nulable` is no key of a written column. Did you mean `nullable`? => nullable',
    );
  });

  finds(
    'tells of every mistake at once',
    manifest({
      seasons: 'seasons: [{ name: s, start: «2021-02-30», end: 2021-06-01 }]',
      sources: 'sources: [{ id: BOX, table: «box», date_column: d }]',
      phases: 'phases: [{ id: p1, processors: [{ id: PGS, table: a.pgs, date_column: d, needs: [«BOXX»], slot: 1 }] }]'.replace(
        'slot:',
        '«slot»:',
      ),
    }),
    'badDate: 2021-02-30 is no date: that month ends on 2021-02-28.',
    'badName: "box" is no table name: write dataset.table or project.dataset.table, each of letters, digits, _ and -, without quotes.',
    'unknownReference: No source or processor has the id `BOXX`. Did you mean `BOX`? => BOX',
    'unknownKey: `slot` is no key of a processor. It knows id, name, table, tables, date_column, where, entity, key, written_at, calendar, bootstrap_days, expect, checks, needs, run, env, log, writes, aliases.',
  );

  it('underlines in UTF-16 units, as editors count', () => {
    const source = unmark('name: "🏀"\nversion: 1 # 🏀 «»'.replace(' «»', ''));
    const { problems } = readManifest(`${source.text}\n"🏀": 1`);
    const unknown = problems.find(({ code }) => code === 'unknownKey');
    assert.deepEqual(unknown?.range, { start: { line: 2, column: 0 }, end: { line: 2, column: 4 } });
  });

  it('reports a shared mistake once', () => {
    const text = manifest({
      phases:
        'phases: [{ id: p1, processors: [{ id: A, table: a.a, date_column: d, env: &e { X: 1 } }, { id: B, table: a.b, date_column: d, env: *e }] }]',
    });
    assert.equal(readManifest(text).problems.length, 1);
  });
});

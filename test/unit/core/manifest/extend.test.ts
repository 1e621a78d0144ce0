import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { readManifest } from '../../../../src/core/manifest/readManifest';
import type { Pipeline, Processor } from '../../../../src/core/pipeline';
import { assertProblems, unmark } from './marked';

const WHOLE = readFileSync('test/fixtures/manifests/whole.yaml', 'utf8');
const BROKEN = `version: 1
name: Broken
warehouse: { type: duckdb, path: x.duckdb }
phases: [{ id: p, processors: [{ id: A, table: noDataset, date_column: d, needs: [{ processor: B }] }] }]
`;
const PRESETS = new Map([
  ['whole', WHOLE],
  ['broken', BROKEN],
]);
const HEAD = 'version: 1\nname: Mine\nextends: preset:whole\n';

function sound(text: string): Pipeline {
  const { pipeline, problems } = readManifest(text, PRESETS);
  assert.deepEqual(problems, [], text);
  assert.ok(pipeline);
  return pipeline;
}

/** Without what depends on where it is written, and how the manifest is called. */
function meaning(whole: Pipeline): unknown {
  const { name: _, ...pipeline } = whole;
  return { ...JSON.parse(JSON.stringify(pipeline, (key, value: unknown) => (key === 'range' ? undefined : value))) };
}

function processor(pipeline: Pipeline, id: string): Processor {
  const found = pipeline.processors.find((one) => one.id === id);
  assert.ok(found, id);
  return found;
}

const whole = sound(WHOLE);
const ids = (pipeline: Pipeline): string => pipeline.nodes.map(({ id }) => id).join(' ');

describe('a manifest that extends a preset', () => {
  it('is the preset when it says nothing else', () => {
    const extended = sound(HEAD);
    assert.deepEqual(meaning(extended), meaning(whole));
    assert.equal(extended.name, 'Mine');
  });

  it('is the preset whatever part of it is repeated', () => {
    const anyPart = (value: unknown, key: string): fc.Arbitrary<unknown> => {
      if (Array.isArray(value) && ['seasons', 'sources', 'phases', 'processors', 'failures'].includes(key))
        return fc.tuple(...value.map((item) => fc.option(anyPart(item, ''), { nil: undefined }))).map((items) => {
          const kept = items.filter((item) => item !== undefined);
          return kept.length > 0 ? kept : undefined;
        });
      if (Array.isArray(value) || typeof value !== 'object' || value === null || ['run', 'ratio_of'].includes(key))
        return fc.constant(value);
      const parts = Object.entries(value).map(([name, inner]) =>
        ['id', 'table', 'tables', 'name'].includes(name)
          ? fc.constant([name, inner] as const)
          : fc.option(anyPart(inner, name)).map((part) => [name, part ?? undefined] as const),
      );
      return fc.tuple(...parts).map((entries) => Object.fromEntries(entries.filter(([, part]) => part !== undefined)));
    };
    fc.assert(
      fc.property(anyPart(parse(WHOLE, { schema: 'core' }), ''), (part) => {
        const text = stringify({ ...(part as object), version: 1, name: 'Mine', extends: 'preset:whole' });
        assert.deepEqual(meaning(sound(text)), meaning(whole), text);
      }),
      { numRuns: 50 },
    );
  });

  it('overrides a processor by its id, key by key', () => {
    const extended = sound(`${HEAD}phases:
  - id: phase4
    processors:
      - id: MLFS
        expect: { rows_per_count: 30 }
        env: { WORKERS: "4" }
        needs: [PGS]
`);
    const changed = processor(extended, 'MLFS');
    const before = processor(whole, 'MLFS');
    assert.deepEqual(changed.expect, { ...before.expect, rowsPerCount: 30 });
    assert.deepEqual(changed.env, { ...before.env, WORKERS: '4' });
    assert.equal(changed.needs.length, 1);
    assert.deepEqual([changed.tables, changed.run, changed.log], [before.tables, before.run, before.log]);
    assert.equal(ids(extended), ids(whole));
  });

  it('replaces runs, needs and checks as a whole', () => {
    const { run, checks } = processor(
      sound(
        `${HEAD}phases: [{ id: phase3, processors: [{ id: PGS, run: { command: [x, "{date}"] }, checks: [{ name: c, expression: a > 1 }] }] }]`,
      ),
      'PGS',
    );
    assert.deepEqual(run, [{ kind: 'command', each: 'date', argv: ['x', '{date}'], overrides: {} }]);
    assert.equal(checks.length, 1);
  });

  it('adds sources, processors, phases and seasons behind those of the preset', () => {
    const extended =
      sound(`${HEAD}seasons: [{ name: 2022-23, start: 2022-10-18, end: 2023-06-12 }, { name: 2021-22, end: 2022-06-30 }]
sources: [{ id: PLAYS, table: raw.plays, date_column: d }]
phases:
  - { id: own, processors: [{ id: B, table: a.b, date_column: d, needs: [MLFS] }] }
  - { id: phase3, processors: [{ id: A, table: a.a, date_column: d, needs: [PLAYS] }] }
`);
    assert.equal(ids(extended), 'BOX PLAYS PGS TDGS UPGC A TDZA MLFS B');
    assert.deepEqual(
      extended.seasons.map(({ name }) => name),
      ['2020-21', '2021-22', '2022-23'],
    );
    assert.equal((extended.seasons[1]?.to ?? 0) - (whole.seasons[1]?.to ?? 0), 14);
  });

  it('takes keys away with null, and one way to say something with the other', () => {
    const extended = sound(`${HEAD}failures: ~
calendars: { daily: { every: week }, games: { table: raw.other } }
phases: [{ id: phase3, processors: [{ id: PGS, written_at: null }, { id: TDGS, table: a.tdgs }] }]
`);
    assert.deepEqual(extended.failures, []);
    assert.deepEqual(extended.calendars, [
      { ...whole.calendars[0], table: 'raw.other' },
      { kind: 'every', name: 'daily', every: 'week' },
      { kind: 'every', name: 'weekly', every: 'week', on: 0 },
    ]);
    assert.equal(processor(extended, 'PGS').writtenAt, undefined);
    assert.deepEqual(processor(extended, 'TDGS').tables, ['a.tdgs']);
  });

  it('replaces a warehouse of another type, and a calendar of another kind', () => {
    const extended = sound(`${HEAD}warehouse: { type: bigquery, project: p }
without: [MLFS]
calendars: { games: { every: day } }`);
    assert.deepEqual(extended.warehouse, { type: 'bigquery', project: 'p' });
    assert.deepEqual(extended.calendars[0], { kind: 'every', name: 'games', every: 'day' });
    assert.deepEqual(sound(`${HEAD}warehouse: { path: other.duckdb }`).warehouse, { type: 'duckdb', path: 'other.duckdb' });
  });

  it('leaves out what `without` names, with every need on it', () => {
    const extended = sound(`${HEAD}without: [BOX, UPGC]\n`);
    assert.equal(ids(extended), 'PGS TDGS TDZA MLFS');
    assert.deepEqual(processor(extended, 'PGS').needs, []);
    assert.equal(processor(extended, 'TDZA').needs.length, 2);
    const { needs, expect } = processor(extended, 'MLFS');
    assert.equal(expect.ratioOf, undefined);
    const alternatives = needs.flatMap((need) => (need.kind === 'anyOf' ? need.alternatives : []));
    assert.deepEqual(
      alternatives.map(({ node }) => extended.nodes[node]?.id),
      ['PGS'],
    );
    const rest = sound(`${HEAD}without: [phase3]`);
    assert.equal(ids(rest), 'BOX TDZA MLFS');
    assert.deepEqual(rest.phases, [{ index: 0, id: 'phase4', name: 'Precompute' }]);
  });

  it('says where each node stands: at the preset, or where the text has it', () => {
    const text = `${HEAD}phases:
  - id: phase3
    processors:
      - id: TDGS
        name: Mine
`;
    const { nodes } = sound(text);
    const places = Object.fromEntries(nodes.map(({ id, range: { start, end } }) => [id, [start, end]]));
    const atExtends = [
      { line: 2, column: 0 },
      { line: 2, column: 21 },
    ];
    assert.deepEqual(places['PGS'], atExtends);
    assert.deepEqual(places['BOX'], atExtends);
    assert.deepEqual(places['TDGS'], [
      { line: 6, column: 8 },
      { line: 7, column: 18 },
    ]);
  });

  it('follows aliases on both sides', () => {
    const presets = new Map([
      [
        'p',
        `${BROKEN.replace('noDataset', 'a.a').replace(', needs: [{ processor: B }]', ', env: &e { X: y }')}sources: [{ id: S, table: &t r.s, date_column: d }, { id: T, table: *t, date_column: d }]`,
      ],
    ]);
    const { pipeline, problems } = readManifest(
      'version: 1\nname: n\nextends: &x preset:p\nsources: [{ id: S, name: &n Named }, { id: T, name: *n }]\nphases: &ps [{ id: p, processors: [{ id: A, env: { Z: *n } }] }]',
      presets,
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(
      pipeline?.sources.map(({ name, tables }) => `${name} ${tables.join()}`),
      ['Named r.s', 'Named r.s'],
    );
    assert.deepEqual(pipeline?.processors[0]?.env, { X: 'y', Z: 'Named' });
  });
});

describe('mistakes in a manifest that extends a preset', () => {
  function finds(title: string, marked: string, ...expected: string[]): void {
    it(title, () => {
      const source = unmark(marked);
      assertProblems(readManifest(source.text, PRESETS).problems, source, expected);
    });
  }
  const own = 'version: 1\nname: Mine\n';

  finds(
    'a preset that there is not',
    `${own}extends: «preset:nothing-like-it»`,
    'unknownReference: No preset is called `nothing-like-it`. There is whole, broken.',
  );
  finds(
    'a misspelt preset, and what is wrong beside it',
    `${own}extends: «preset:whol»\nwarehouse: { «pth»: x }`,
    'unknownReference: No preset is called `whol`. Did you mean `whole`? => preset:whole',
    'unknownKey: `pth` is no key of a duckdb warehouse. Did you mean `path`? => path',
  );
  finds(
    'no preset at all',
    `${own}extends: «whole»`,
    'wrongType: `extends` must be a preset such as preset:nba-stats-scraper, not the text "whole".',
  );
  finds(
    'a name of its own that is missing',
    '«version: 1»\nextends: preset:whole',
    'missingKey: `name` is missing in the manifest: add it.',
  );
  finds(
    'a mistake in what is overridden, at its own place',
    `${HEAD}phases: [{ id: phase3, processors: [{ id: PGS, needs: [«BOXX»] }] }]`,
    'unknownReference: No source or processor has the id `BOXX`. Did you mean `BOX`? => BOX',
  );
  finds(
    'a misspelt key that the preset has',
    `${HEAD}phases: [{ id: phase3, processors: [{ id: PGS, «dat_column»: day }] }]`,
    'unknownKey: `dat_column` is no key of a processor. Did you mean `date_column`? => date_column',
  );
  finds(
    'a new processor that is not whole',
    `${HEAD}phases: [{ id: phase3, processors: [«{ id: NEW, table: a.b }»] }]`,
    'missingKey: `date_column` is missing in a processor: add it.',
  );
  finds(
    'a key that is there twice',
    `${HEAD}due: { after_days: 2, «after_days»: 3 }`,
    'duplicateKey: `after_days` is there twice in `due`: remove one.',
  );
  finds(
    'a processor in another phase than the preset has it in',
    `${HEAD}phases: [{ id: phase4, processors: [{ id: «PGS», table: a.b, date_column: d }] }]`,
    'duplicateId: The id `PGS` is taken on line 3: choose another.',
  );
  finds(
    'what the preset still needs',
    `${own}«extends: preset:whole»\ncalendars: { daily: ~ }`,
    'unknownReference: In the preset: No calendar is called `daily`. There are games, weekly.',
  );
  finds(
    'mistakes of the preset, at the line that names it',
    `${own}««extends: preset:broken»»`,
    'badName: In the preset: "noDataset" is no table name: write dataset.table or project.dataset.table, each of letters, digits, _ and -, without quotes.',
    'unknownReference: In the preset: No processor has the id `B`. Did you mean `A`?',
  );
  finds(
    'something to leave out that there is not',
    `${HEAD}without: [BOX, «UPGX»]`,
    'unknownReference: The preset has no source, phase or processor `UPGX`. Did you mean `UPGC`? => UPGC',
  );
  finds(
    'something to leave out of no preset',
    `${own}warehouse: { type: duckdb, path: x }\n«without»: [BOX]\nphases: [{ id: p, processors: [{ id: A, table: a.b, date_column: d }] }]`,
    'warning noEffect: `without` takes away what a preset brings, and this manifest extends none: remove it.',
  );
});

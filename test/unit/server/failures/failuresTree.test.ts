import assert from 'node:assert/strict';
import { WarehouseError } from '../../../../src/app/ports';
import { classify } from '../../../../src/core/coverage/classify';
import { explain } from '../../../../src/core/coverage/explain';
import { failureCategories, failuresOf } from '../../../../src/core/records/failures';
import { notedOf } from '../../../../src/core/records/noted';
import type { FailureRecord } from '../../../../src/core/records/records';
import { explainDocument } from '../../../../src/server/documents/explainDocument';
import { type FailuresTreeSource, failuresChildren, failuresTooltip } from '../../../../src/server/failures/failuresTree';
import { buildInput, day, READ_AT } from '../../../support/builders';
import { failureRecord, failureTable, historyRow, historyTable } from '../../../support/records';

const input = buildInput({
  seasons: [['2021-11-01', '2021-11-05']],
  nodes: [
    { id: 'PSZA', aliases: ['PszaProcessor'] },
    { id: 'PDC', run: [] },
  ],
  data: { PSZA: { '2021-11-01': 20 } },
  failures: [failureTable(), failureTable({ table: 'ops.names', name: 'Unknown players', label: 'NO_PLAYER', reprocessed: 'r' })],
  history: historyTable(),
});
const grid = classify(input);
const RECORDS = [
  failureRecord('PszaProcessor', '2021-11-01', 'INSUFFICIENT_DATA', { rows: 90, entities: 90 }),
  failureRecord('PszaProcessor', '2021-11-02', 'INSUFFICIENT_DATA', { rows: 80, entities: 80 }),
  failureRecord('PszaProcessor', '2021-11-01', 'PROCESSING_ERROR', { reason: 'left\nbehind' }),
  failureRecord('PszaProcessor', '2021-11-03', 'PROCESSING_ERROR', {
    ...{ rows: 12, entities: 12, samples: ['ann', 'bob', 'cid'], reason: 'division by *zero*', created: READ_AT },
  }),
  failureRecord('PDC', '2021-11-04', 'MISSING_DEPENDENCY', { wholeDate: true, entities: 0, samples: [] }),
  failureRecord('a/b%', '2021-11-04', 'MISSING_DEPENDENCY'),
  failureRecord('PszaProcessor', '2021-11-04', 'NO_PLAYER', { table: 1, rows: 2, entities: 2, resolved: 1 }),
];

function sourceOf(records: readonly FailureRecord[], change: Partial<FailuresTreeSource> = {}): FailuresTreeSource {
  const reading = { readAt: READ_AT, records, truncated: false, errors: new Map<number, WarehouseError>() };
  return {
    tables: input.pipeline.failures,
    known: { reading },
    categories: failureCategories(failuresOf(records, input, grid)),
    now: READ_AT + 120_000,
    ...change,
  };
}
const source = sourceOf(RECORDS);
const lines = (parent: string, from = source): string[] =>
  failuresChildren(from, parent).map(({ label, description = '', icon }) => `${icon} ${label}: ${description}`);
const idOf = (parent: string, label: string): string => {
  const found = failuresChildren(source, parent).find((node) => node.label === label);
  assert.ok(found, label);
  return found.id;
};

describe('the Failures tree', () => {
  it('has what stops first and open, and what is expected last and folded', () => {
    assert.deepEqual(lines(''), [
      'error PROCESSING_ERROR: stop · 13 failures of 2 partitions, 1 stale',
      'warning MISSING_DEPENDENCY: needs a look · 2 failures of 2 partitions',
      'warning NO_PLAYER: needs a look · 2 failures of 1 partition',
      'info Expected: no fault · 170 failures of 2 partitions',
    ]);
    assert.deepEqual(
      failuresChildren(source, '').map(({ expanded }) => expanded === true),
      [true, false, false, false],
    );
    assert.deepEqual(lines('failures/expected'), [
      'info INSUFFICIENT_DATA: expected · 170 failures of 2 partitions · too few games so far',
    ]);
  });

  it('has the processors of a category, with names that none has in a group of their own', () => {
    const missing = idOf('', 'MISSING_DEPENDENCY');
    assert.deepEqual(lines(missing), [
      'symbol-event PDC: 1 failure on 1 date',
      'question Names that no processor has: 1 failure on 1 date',
    ]);
    const others = idOf(missing, 'Names that no processor has');
    assert.deepEqual(lines(others), ['symbol-event a/b%: 1 failure on 1 date']);
    const [date] = failuresChildren(source, idOf(others, 'a/b%'));
    assert.deepEqual([date?.label, date?.action, date?.target], ['2021-11-04', undefined, undefined]);
  });

  it('has the dates of a processor, the newest first, and says which failures are stale', () => {
    const psza = idOf(idOf('', 'PROCESSING_ERROR'), 'PSZA');
    assert.deepEqual(lines(psza), [
      'error 2021-11-03: 12 entities · division by *zero*',
      'history 2021-11-01: 1 entity · partition is complete now · left behind',
    ]);
    const [date] = failuresChildren(source, psza);
    assert.deepEqual([date?.action, date?.target], ['explain', { nodes: ['PSZA'], from: '2021-11-03', to: '2021-11-03' }]);
    assert.match(date?.accessibilityLabel ?? '', /^PSZA 2021-11-03, PROCESSING_ERROR, 12 entities/);
    assert.deepEqual(lines(idOf(idOf('', 'MISSING_DEPENDENCY'), 'PDC')), ['warning 2021-11-04: the whole date']);
  });

  it('offers to launch the dates that are not stale, unless nothing is wrong or nothing runs', () => {
    const processor = (category: string, label: string) =>
      failuresChildren(source, category).find((node) => node.label === label);
    const stop = processor(idOf('', 'PROCESSING_ERROR'), 'PSZA');
    assert.deepEqual([stop?.context, stop?.target], ['processor+runnable', { nodes: ['PSZA'], dates: ['2021-11-03'] }]);
    assert.equal(processor(idOf('failures/expected', 'INSUFFICIENT_DATA'), 'PSZA')?.context, 'processor');
    assert.equal(processor(idOf('', 'MISSING_DEPENDENCY'), 'PDC')?.context, 'processor');
  });

  it('explains in tooltips, and lets nothing of a table be Markdown', () => {
    const stop = idOf('', 'PROCESSING_ERROR');
    assert.match(failuresTooltip(source, stop), /^\*\*PROCESSING_ERROR\*\* · stop\n\nStop: look at this before/);
    const date = `${idOf(stop, 'PSZA')}/2021-11-03`;
    const told = failuresTooltip(source, date);
    assert.match(told, /12 entities \(ann, bob, cid and 9 more\): division by \\\*zero\\\*; noted 20/);
    assert.match(told, /\[Explain\]\(command:backfill\.explain\?.*\[Launch\]\(command:backfill\.launch\?/);
    assert.match(failuresTooltip(source, idOf(stop, 'PSZA')), /PSZA: 13 failures of 2 partitions, 1 stale/);
    assert.match(
      failuresTooltip(source, `${idOf(idOf('', 'NO_PLAYER'), 'PSZA')}/2021-11-04`),
      /1 settled, to be run again.*Unknown players/,
    );
    const others = idOf(idOf('', 'MISSING_DEPENDENCY'), 'Names that no processor has');
    assert.match(failuresTooltip(source, others), /1 failure of 1 partition/);
    for (const gone of ['failures/stop/nothing', 'failures/stop', 'failures', '', `${date}9`, 'failures/@reading'])
      assert.equal(failuresTooltip(source, gone), '', gone);
  });

  it('gives no children for what is gone', () => {
    for (const gone of [
      'failures/stop/nothing',
      'failures/stop/nothing/PSZA',
      'failures/attention',
      'failures/stop/processing_error/XX',
    ])
      assert.deepEqual(failuresChildren(source, gone), [], gone);
  });

  it('has ids that are unique', () => {
    const all: string[] = [];
    const walk = (parent: string): void => {
      for (const { id, children } of failuresChildren(source, parent)) {
        all.push(id);
        if (children) walk(id);
      }
    };
    walk('');
    assert.equal(new Set(all).size, all.length);
    assert.ok(all.length > 15);
  });

  it('says that it reads, what it could not read, and how old it is', () => {
    const { known: _, ...unasked } = source;
    assert.deepEqual(lines('', { ...unasked, categories: [] }), ['loading~spin Reading the failure tables…: ']);
    const problem = { message: 'The network is down.', since: READ_AT };
    const never = { ...source, categories: [], known: { problem } };
    assert.deepEqual(lines('', never), ['warning Failures cannot be read now: The network is down.']);
    const reading = {
      ...{ readAt: READ_AT, records: RECORDS, truncated: true },
      errors: new Map([[1, new WarehouseError('missingTable', 'There is no table ops.names.')]]),
    };
    const old = sourceOf(RECORDS, { known: { reading, problem } });
    const shown = lines('', old);
    assert.match(shown[0] ?? '', /^warning Failures cannot be read now: shown: 2 min old.* · click to read again$/);
    assert.equal(shown[1], 'warning Unknown players was not read: There is no table ops.names.');
    assert.equal(shown.at(-1), 'ellipsis Only the newest 20,000 groups were read: ');
    assert.equal(failuresChildren(old, '')[0]?.action, 'refresh');
    assert.match(failuresTooltip(old, 'failures/@problem'), /The network is down\\?\.\n\nSince /);
    assert.match(failuresTooltip(old, 'failures/@table1'), /ops\.names/);
  });

  it('is empty where nothing is recorded, or no table is named', () => {
    assert.deepEqual(failuresChildren(sourceOf([]), ''), []);
    assert.deepEqual(failuresChildren({ ...source, tables: [] }, ''), []);
  });

  it('counts dates beyond those that somebody reads', () => {
    const many = Array.from({ length: 230 }, (_, index) => ({
      ...failureRecord('PSZA', '2021-11-01', 'X'),
      day: day('2021-11-01') + index,
    }));
    const nodes = failuresChildren(sourceOf(many), 'failures/attention/x/PSZA');
    assert.equal(nodes.length, 201);
    assert.equal(nodes.at(-1)?.label, '30 more dates: `backfill failures` lists them');
  });
});

describe('an explanation with what jobs noted', () => {
  const node = input.pipeline.processors[0];
  assert.ok(node);
  const date = day('2021-11-03');
  const found = {
    failures: RECORDS.filter((record) => record.day === date),
    history: [
      historyRow('PszaProcessor', '2021-11-03', 'running', { run: 'a', started: READ_AT - 7_200_000 }),
      historyRow('PszaProcessor', '2021-11-03', 'failed', {
        ...{ run: 'b', started: READ_AT - 3_600_000, seconds: 26.4, rows: 0, errors: '["boom | <b>"]' },
        stages: '{"extract_time": 12.4}',
      }),
      historyRow('PDC', '2021-11-03', 'success', { run: 'c' }),
    ],
    problems: ['There is no table ops.names.'],
  };
  const document = (noted?: ReturnType<typeof notedOf> | 'reading') =>
    explainDocument(explain(input, grid, node.index, date), { input, node, ...(noted !== undefined && { noted }) });

  it('tells failures by what they ask for, and runs, the newest first', () => {
    const text = document(notedOf(node, found, input, grid));
    const sections = text.split(/^## /m).slice(1);
    const section = (title: string) => sections.find((one) => one.startsWith(title)) ?? '';
    assert.match(section('Failures that were noted'), /^- ✗ \*\*PROCESSING_ERROR\*\*, stop: 12 entities/m);
    const runs = section('Runs that were noted')
      .split('\n')
      .filter((line) => line.startsWith('- '));
    assert.equal(runs.length, 2);
    assert.match(runs[0] ?? '', /^- \*\*failed\*\*, attempt 2, 20.* took 26 s \(extract 12 s\), 0 rows: boom \\\| \\<b>$/);
    assert.match(runs[1] ?? '', /^- \*\*never ended\*\*, attempt 1, 20/);
    assert.match(section('What could not be read'), /ops\.names/);
  });

  it('says that it is being read, and nothing where no table is named', () => {
    assert.match(document('reading'), /## What jobs noted\n\nFailure tables and run history are being read…/);
    assert.doesNotMatch(document(), /noted/);
    assert.doesNotMatch(document({ failures: [], runs: [], problems: [] }), /noted/);
  });
});

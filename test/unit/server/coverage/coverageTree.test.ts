import assert from 'node:assert/strict';
import fc from 'fast-check';
import { classify } from '../../../../src/core/coverage/classify';
import { CoverageTree, type CoverageTreeSource } from '../../../../src/server/coverage/coverageTree';
import { arbitraryInput } from '../../../support/arbitraries';
import { attempt, buildInput, type InputSpec, READ_AT } from '../../../support/builders';

const QUIET: CoverageTreeSource = { reading: false, mistakes: 0, manifestName: 'backfill.yaml', now: READ_AT };

const SPEC: InputSpec = {
  seasons: [['2021-11-04', '2021-12-02']],
  exclusions: [{ from: 18_937, to: 18_937, reason: 'All-Star break' }],
  nodes: [
    { id: 'BOX', phase: 'sources' },
    { id: 'PDC', phase: 'phase3', needs: ['BOX'] },
    { id: 'MLFS', phase: 'phase4', bootstrapDays: 2, needs: [{ node: 'PDC', minRows: 100 }] },
    { id: 'SEEN', phase: 'phase4', run: [] },
  ],
  data: {
    BOX: { ...dates(4, 30, 300), '2021-11-06': 0 },
    PDC: { ...dates(4, 30, 120), '2021-11-06': 0, '2021-11-07': 36 },
    MLFS: { ...dates(6, 30, 90), '2021-11-07': 0 },
    SEEN: { ...dates(4, 30, 1), '2021-11-06': 0 },
  },
  last: { 'MLFS 2021-11-08': attempt({ outcome: 'done' }) },
};

function dates(from: number, to: number, rows: number): Record<string, number> {
  return Object.fromEntries(
    Array.from({ length: to - from + 1 }, (_, i) => [`2021-11-${String(from + i).padStart(2, '0')}`, rows]),
  );
}

function treeOf(spec: InputSpec, change: Partial<CoverageTreeSource> = {}): CoverageTree {
  const input = buildInput(spec);
  return new CoverageTree({ ...QUIET, coverage: { input, grid: classify(input), asOf: READ_AT }, ...change });
}

const lines = (tree: CoverageTree, parent: string) =>
  tree.children(parent).map(({ label, description = '', context }) => `${label} | ${description} | ${context}`);

describe('CoverageTree', () => {
  it('shows sources and phases, their nodes, months and dates, each with its counts or status', () => {
    const tree = treeOf(SPEC);
    assert.deepEqual(lines(tree, ''), [
      'Sources | 26/27 · 1 missing | phase',
      'phase3 | 26/27 · 1 blocked by BOX | phase+gap',
      'phase4 | 49/52 · 1 missing, 2 blocked by BOX and PDC, 1 partition with unexpected rows | phase+gap',
    ]);
    assert.deepEqual(lines(tree, 'coverage/phase4'), [
      'MLFS | 23/25 · 2 blocked by BOX and PDC, 1 date with unexpected rows | processor+gap+runnable+waivable',
      'SEEN | 26/27 · 1 missing | processor+waivable',
    ]);
    assert.deepEqual(lines(tree, 'coverage/phase4/MLFS'), [
      'November 2021 | 23/24 · 1 blocked by PDC, 1 date with unexpected rows | month+gap+runnable+waivable',
      'December 2021 | 0/1 · 1 blocked by BOX | month+gap+runnable+waivable',
    ]);
    const november = lines(tree, 'coverage/phase4/MLFS/2021-11');
    assert.deepEqual(november.slice(0, 5), [
      '2021-11-04 | bootstrap, day 1 of 2 | partition+runnable',
      '2021-11-05 | bootstrap, day 2 of 2 | partition+runnable',
      '2021-11-06 | excluded: All-Star break · 90 rows where nothing is expected | partition+runnable',
      '2021-11-07 | blocked · PDC 36 of 100 | partition+gap+runnable+waivable',
      '2021-11-08 | complete · 90 rows | partition+runnable+log',
    ]);
  });

  it('gives what a command needs with every node', () => {
    const tree = treeOf(SPEC);
    const [, , phase4] = tree.children('');
    assert.deepEqual(phase4?.target, { nodes: ['MLFS', 'SEEN'] });
    const [november] = tree.children('coverage/phase4/MLFS');
    assert.deepEqual(november?.target, { nodes: ['MLFS'], from: '2021-11-01', to: '2021-11-30' });
    const date = tree.children('coverage/phase4/MLFS/2021-11')[3];
    assert.deepEqual(date?.target, { nodes: ['MLFS'], from: '2021-11-07', to: '2021-11-07' });
    assert.equal(date?.action, 'explain');
    assert.equal(date?.accessibilityLabel, '2021-11-07, blocked · PDC 36 of 100');
  });

  it('says what to do while there is nothing to show', () => {
    const label = (change: Partial<CoverageTreeSource>) => new CoverageTree({ ...QUIET, ...change }).children('');
    assert.deepEqual(
      label({ reading: true }).map((node) => [node.label, node.icon]),
      [['Reading the warehouse…', 'loading~spin']],
    );
    assert.deepEqual(
      label({ mistakes: 2 }).map((node) => [node.label, node.action]),
      [['2 mistakes in backfill.yaml', 'openManifest']],
    );
    const problem = { message: 'There is no file warehouse.duckdb: run the pipeline first.', kind: 'missingFile' as const };
    assert.deepEqual(
      label({ problem }).map((node) => [node.label, node.description, node.action, node.accessibilityLabel]),
      [['Warehouse not there', 'click to read again', 'refresh', `Warehouse not there, ${problem.message}, click to read again`]],
    );
  });

  it('keeps the last good answer under what is wrong, with its age', () => {
    const problem = { message: 'held by process 12', kind: 'busy' as const };
    const [first, second] = treeOf(SPEC, { problem, now: READ_AT + 190_000 }).children('');
    assert.equal(first?.label, 'Warehouse busy');
    assert.match(first?.description ?? '', /^3 min old, read \d{4}-.* · read again when it is free$/);
    assert.equal(second?.label, 'Sources');
    const gone = { message: 'The network is down.', kind: 'unreachable' as const };
    const [retry] = treeOf(SPEC, { problem: gone, now: READ_AT + 190_000 }).children('');
    assert.match(retry?.description ?? '', / · click to read again$/);
    assert.equal(retry?.action, 'refresh');
    const [broken] = treeOf(SPEC, { mistakes: 1, firstMistake: 'line 3: there is no phase phse4' }).children('');
    assert.deepEqual(
      [broken?.description, broken?.action],
      ['shown: as it was before · line 3: there is no phase phse4', 'openManifest'],
    );
    assert.match(broken?.tooltip ?? '', /there is no phase phse4/);
  });

  it('says which tables cannot be read', () => {
    const unavailableNodes = { PDC: { error: 'There is no table t.pdc.', since: READ_AT } };
    const [pdc] = treeOf({ ...SPEC, data: { ...SPEC.data, PDC: null }, unavailableNodes }).children('coverage/phase3');
    assert.match(pdc?.description ?? '', /^cannot be read · 0\/27 · 27 unknown$/);
    assert.match(pdc?.accessibilityLabel ?? '', /cannot be read/);
  });

  it('has no children for nodes that are gone', () => {
    const tree = treeOf(SPEC);
    for (const id of ['coverage/none', 'coverage/phase4/none', 'coverage/phase4/none/2021-11', 'coverage/phase3/MLFS', 'x']) {
      assert.deepEqual(tree.children(id), []);
    }
  });

  it('has ids of its own for all nodes of every pipeline, and says every status in words', () => {
    fc.assert(
      fc.property(arbitraryInput, (spec) => {
        const tree = treeOf(spec);
        const seen = new Set<string>();
        const visit = (parent: string): void => {
          for (const node of tree.children(parent)) {
            assert.ok(!seen.has(node.id), node.id);
            seen.add(node.id);
            assert.ok(node.description !== undefined && node.description !== '', node.id);
            assert.ok(node.accessibilityLabel.startsWith(node.label), node.id);
            if (node.children) visit(node.id);
          }
        };
        visit('');
      }),
      { numRuns: 40 },
    );
  });

  it('counts in its months what it counts in all', () => {
    const share = (text = '') => /(\d+)\/(\d+)/.exec(text)?.slice(1).map(Number) ?? [0, 0];
    fc.assert(
      fc.property(arbitraryInput, (spec) => {
        const tree = treeOf(spec);
        for (const group of tree.children('')) {
          for (const node of tree.children(group.id)) {
            const months = tree.children(node.id).map(({ description }) => share(description));
            const sum = months.reduce(([a = 0, b = 0], [c = 0, d = 0]) => [a + c, b + d], [0, 0]);
            assert.deepEqual(sum, share(node.description), node.id);
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});

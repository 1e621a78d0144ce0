import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseDay } from '../../../../src/base/day';
import { parseSelection } from '../../../../src/base/selection/parse';
import { GAP_STATUSES, STATUSES } from '../../../../src/base/status';
import { classify } from '../../../../src/core/coverage/classify';
import { type CoverageGrid, type CoverageInput, FLAG } from '../../../../src/core/coverage/coverage';
import { type CoverageArrangement, GROUPINGS, type TreeNode } from '../../../../src/protocol/messages';
import { CoverageTree } from '../../../../src/server/coverage/coverageTree';
import { TreeMemory } from '../../../../src/server/coverage/treeMemory';
import { coverageTooltip } from '../../../../src/server/trees/tooltips';
import { pathTo } from '../../../../src/server/trees/treePath';
import { arbitraryInput } from '../../../support/arbitraries';
import { buildInput, type InputSpec, READ_AT } from '../../../support/builders';

/** PDC is missing on two dates and too little on one; MLFS waits for all three. */
const SPEC: InputSpec = {
  seasons: [
    ['2021-11-01', '2021-11-05'],
    ['2021-11-10', '2021-11-14'],
  ],
  nodes: [
    { id: 'PDC', phase: 'phase3' },
    { id: 'MLFS', phase: 'phase4', needs: [{ node: 'PDC', minRows: 100 }] },
  ],
  data: {
    PDC: { ...rows([1, 4, 5, 10, 11, 12, 13, 14], 120), ...rows([3], 36), ...rows([7], 5) },
    MLFS: rows([1, 4, 5, 10, 11, 12], 9),
  },
};

function rows(days: readonly number[], count: number): Record<string, number> {
  return Object.fromEntries(days.map((day) => [`2021-11-${String(day).padStart(2, '0')}`, count]));
}

interface Made {
  readonly input: CoverageInput;
  readonly grid: CoverageGrid;
  readonly tree: CoverageTree;
}

function made(spec: InputSpec, arrangement: CoverageArrangement, memory?: TreeMemory): Made {
  const input = buildInput(spec);
  const grid = classify(input);
  const known = { reading: false, mistakes: 0, manifestName: 'backfill.yaml', now: READ_AT };
  const source = { ...known, ...(memory !== undefined && { memory }) };
  return { input, grid, tree: new CoverageTree({ ...source, coverage: { input, grid, asOf: READ_AT }, arrangement }) };
}

function leaves(tree: CoverageTree, parent = ''): TreeNode[] {
  return tree
    .children(parent)
    .flatMap((node) => (node.children ? leaves(tree, node.id) : node.target === undefined ? [] : [node]));
}

/** `PDC 2021-11-05` of every date that is shown. */
const partitions = (tree: CoverageTree) => leaves(tree).map(({ target }) => `${target?.nodes?.[0]} ${target?.from}`);
const lines = (tree: CoverageTree, parent: string) =>
  tree.children(parent).map(({ label, description = '', context }) => `${label} | ${description} | ${context}`);

const arbitraryFilter: fc.Arbitrary<Omit<CoverageArrangement, 'group'>> = fc.record({
  gapsOnly: fc.boolean(),
  statuses: fc.subarray([...STATUSES, 'waived' as const]),
  text: fc.constantFrom('', 'n1', 'phase1', '2021-11', '2021-11-0', 'n2 2021', 'nowhere'),
});

describe('arranging the Coverage tree', () => {
  it('groups by root cause, what to mend first, with what mends it', () => {
    const { tree } = made(SPEC, { group: 'cause' });
    assert.deepEqual(lines(tree, ''), [
      'PDC 2021-11-02 is missing | 1 missing, 1 blocked · run PDC | rootCause+gap',
      'PDC 2021-11-03 has 36 rows, MLFS needs 100 rows | 1 blocked · lower what MLFS needs, or waive | rootCause+gap',
      'MLFS missing on 2 dates | 2 missing · run MLFS | rootCause+gap',
      'No gap | 15/15 · 1 partition with unexpected rows | rootCause',
    ]);
    const [first, , third] = tree.children('');
    assert.deepEqual(lines(tree, first?.id ?? ''), [
      'PDC | 1 missing | processor+gap+runnable+waivable',
      'MLFS | 1 blocked | processor+gap+runnable+waivable',
    ]);
    assert.equal(third?.target?.select, 'MLFS & 2021-11-13, 2021-11-14 & all');
    const [mlfs] = tree.children(third?.id ?? '');
    assert.deepEqual(mlfs?.target, { nodes: ['MLFS'], dates: ['2021-11-13', '2021-11-14'] });
  });

  it('keeps what a backfill has in hand apart from gaps and from what is whole, and its cause one while it goes through it', () => {
    const at = (active: InputSpec['active'], memory?: TreeMemory) =>
      made({ ...SPEC, ...(active !== undefined && { active }) }, { group: 'cause' }, memory).tree;
    const memory = new TreeMemory();
    const ids = (tree: CoverageTree) => tree.children('').map(({ id }) => id);
    const before = at(undefined, memory);
    const [first] = before.children('');
    assert.equal(first?.expanded, true);
    const queued = at({ 'PDC 2021-11-02': 'queued', 'MLFS 2021-11-13': 'queued', 'MLFS 2021-11-14': 'queued' }, memory);
    assert.deepEqual(lines(queued, ''), [
      'PDC 2021-11-02 is queued | 1 blocked · wait for PDC | rootCause+gap',
      'PDC 2021-11-03 has 36 rows, MLFS needs 100 rows | 1 blocked · lower what MLFS needs, or waive | rootCause+gap',
      'Being filled | 3 queued · a backfill has them | rootCause',
      'No gap | 15/15 · 1 partition with unexpected rows | rootCause',
    ]);
    assert.ok(
      queued.children('').every(({ expanded }) => expanded === false),
      'what comes up does not open by itself',
    );
    const running = at({ 'PDC 2021-11-02': 'running', 'MLFS 2021-11-13': 'running', 'MLFS 2021-11-14': 'queued' }, memory);
    assert.deepEqual(ids(running), ids(queued));
    assert.equal(running.children('')[2]?.description, '2 running, 1 queued · a backfill has them');
  });

  it('keeps months that are open when few gaps of a cause are left', () => {
    const seasons = [['2021-01-01', '2021-12-31']] as const;
    const empty: InputSpec = { seasons, nodes: [{ id: 'PDC' }], now: Date.UTC(2022, 1, 1) };
    const memory = new TreeMemory();
    const open = (tree: CoverageTree) => {
      const [cause] = tree.children('');
      const [node] = tree.children(cause?.id ?? '');
      return tree.children(node?.id ?? '').map(({ label }) => label);
    };
    assert.equal(open(made(empty, { group: 'cause' }, memory).tree).length, 12);
    const filled = Object.fromEntries(
      Array.from({ length: 363 }, (_, index) => [new Date(Date.UTC(2021, 0, 1 + index)).toISOString().slice(0, 10), 5]),
    );
    const later = { ...empty, data: { PDC: filled } };
    assert.deepEqual(open(made(later, { group: 'cause' }, memory).tree), ['December 2021']);
    assert.deepEqual(open(made(later, { group: 'cause' }).tree), ['2021-12-30', '2021-12-31']);
  });

  it('groups by season, the newest first, and keeps what lies in none', () => {
    const { tree } = made(SPEC, { group: 'season' });
    const [newest, oldest, outside] = tree.children('');
    assert.deepEqual(newest?.target, { nodes: ['PDC', 'MLFS'], from: '2021-11-10', to: '2021-11-14' });
    assert.match(oldest?.description ?? '', /^7\/10 · 1 missing, 2 blocked by PDC$/);
    assert.equal(outside?.label, 'Outside the seasons');
    const [pdc] = tree.children(oldest?.id ?? '');
    assert.deepEqual(tree.children(pdc?.id ?? '')[0]?.target, { nodes: ['PDC'], from: '2021-11-01', to: '2021-11-05' });
  });

  it('says what is hidden, and counts what is shown', () => {
    const { tree } = made(SPEC, { group: 'phase', gapsOnly: true });
    assert.deepEqual(lines(tree, ''), [
      'Showing gaps only | click to show all · 5 of 20 | message',
      'phase3 | 1 of 10 shown · 1 missing | shown+gap',
      'phase4 | 4 of 10 shown · 2 missing, 2 blocked by PDC | shown+gap',
    ]);
    assert.equal(tree.children('')[0]?.action, 'clearFilter');
    const [mlfs] = tree.children('coverage/phase4');
    assert.deepEqual(mlfs?.target?.dates, ['2021-11-02', '2021-11-03', '2021-11-13', '2021-11-14']);
  });

  it('says that nothing matches, of how many, and how to see them', () => {
    const { tree } = made(SPEC, { group: 'season', statuses: ['failed'], text: 'MLFS' });
    const [only, ...others] = tree.children('');
    assert.equal(only?.label, 'Nothing to show: failed, “mlfs”');
    assert.equal(only?.description, 'click to show all · 0 of 20');
    assert.deepEqual(others, []);
  });

  it('understands words of names and phases, and beginnings of dates', () => {
    const shown = (text: string) => partitions(made(SPEC, { group: 'phase', text }).tree);
    assert.deepEqual(
      shown('mlfs 2021-11-1'),
      ['10', '11', '12', '13', '14'].map((day) => `MLFS 2021-11-${day}`),
    );
    assert.ok(shown('phase3').every((key) => key.startsWith('PDC ')));
    assert.deepEqual(shown('2022'), []);
  });

  it('shows every partition once, however it is grouped, and finds the way to each', () => {
    fc.assert(
      fc.property(arbitraryInput, (spec) => {
        const [byPhase = [], ...others] = GROUPINGS.map((group) => {
          const { tree } = made(spec, { group });
          const all = leaves(tree);
          assert.equal(new Set(all.map(({ id }) => id)).size, all.length);
          const [some] = all.slice(-1);
          const { nodes: [node = ''] = [], from = '' } = some?.target ?? {};
          if (some !== undefined) assert.equal(pathTo((parent) => tree.children(parent), node, from).at(-1), some.id);
          return partitions(tree).sort();
        });
        for (const other of others) assert.deepEqual(other, byPhase);
      }),
      { numRuns: 30 },
    );
  });

  it('obeys every filter in every grouping, and counts what it shows', () => {
    fc.assert(
      fc.property(arbitraryInput, fc.constantFrom(...GROUPINGS), arbitraryFilter, (spec, group, filter) => {
        const { input, grid, tree } = made(spec, { group, ...filter });
        const cellOf = (key: string) => {
          const [id = '', date = ''] = key.split(' ');
          const node = input.pipeline.nodes.findIndex((one) => one.id === id);
          return node * grid.dayCount + (parseDay(date) ?? 0) - grid.firstDay;
        };
        const statusOf = (cell: number) => STATUSES[grid.status[cell] ?? 0] ?? 'off';
        const isWaived = (cell: number) => ((grid.flags[cell] ?? 0) & FLAG.waived) !== 0;
        const passes = (cell: number) =>
          (filter.gapsOnly !== true || (GAP_STATUSES.includes(statusOf(cell)) && !isWaived(cell))) &&
          ((filter.statuses ?? []).length === 0 ||
            filter.statuses?.includes(isWaived(cell) ? 'waived' : statusOf(cell)) === true);
        const all = partitions(made(spec, { group }).tree);
        const shown = partitions(tree);
        const shownCells = new Set(shown.map(cellOf));
        for (const key of shown) assert.ok(passes(cellOf(key)), key);
        if (filter.text === '') assert.deepEqual(shown.sort(), all.filter((key) => passes(cellOf(key))).sort());
        const isFiltered = filter.gapsOnly === true || filter.statuses?.length !== 0 || filter.text !== '';
        const [first, ...groups] = tree.children('');
        assert.equal(first?.id === 'coverage/@filter', isFiltered);
        if (!isFiltered) return;
        const [, count] = /([\d,]+) of/.exec(first?.description ?? '') ?? [];
        const expected = [...shownCells].filter((cell) => statusOf(cell) !== 'off').length;
        const [, ofSources = '0'] = /and ([\d,]+) of sources/.exec(first?.description ?? '') ?? [];
        assert.equal(Number(count?.replaceAll(',', '')) + Number(ofSources.replaceAll(',', '')), expected);
        const inGroups = groups.map(({ description = '' }) => Number(/^([\d,]+) of/.exec(description)?.[1]?.replaceAll(',', '')));
        assert.equal(
          inGroups.reduce((sum, one) => sum + one, 0),
          expected,
        );
      }),
      { numRuns: 40 },
    );
  });

  it('gives commands exactly what a node shows', () => {
    fc.assert(
      fc.property(arbitraryInput, fc.constantFrom(...GROUPINGS), (spec, group) => {
        const { input, tree } = made(spec, { group, gapsOnly: true });
        const runnable = new Set(input.pipeline.processors.filter(({ run }) => run.length > 0).map(({ id }) => id));
        for (const top of tree.children('').slice(1)) {
          for (const node of tree.children(top.id)) {
            const dates = leaves(tree, node.id).map(({ target }) => target?.from);
            assert.deepEqual(node.target?.dates, dates, node.id);
            if (runnable.has(node.label)) assert.ok(top.context.includes('+gap'), top.id);
          }
          const { select } = top.target ?? {};
          if (select !== undefined) assert.ok('selection' in parseSelection(select), select);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('tells in a tooltip of the part that its node stands for', () => {
    const seasons = made(SPEC, { group: 'season' });
    const [, oldest] = seasons.tree.children('');
    const [pdc] = seasons.tree.children(oldest?.id ?? '');
    const tooltip = (of: Made, id: string | undefined, group: CoverageArrangement['group']) =>
      coverageTooltip(id ?? '', of.input, of.grid, group);
    assert.match(tooltip(seasons, pdc?.id, 'season'), /^4 of 5 dates complete, 1 missing$/m);
    const causes = made(SPEC, { group: 'cause' });
    const none = tooltip(causes, causes.tree.children('').at(-1)?.id, 'cause');
    assert.match(none, /^15 of 15 partitions complete/m);
    assert.doesNotMatch(none, /gap,|gaps,/, 'what is no gap has no cause');
  });

  it('has a tooltip for every node of every grouping', () => {
    for (const group of GROUPINGS) {
      const { input, grid, tree } = made(SPEC, { group });
      const visit = (parent: string): void => {
        for (const node of tree.children(parent)) {
          assert.notEqual(coverageTooltip(node.id, input, grid, group), '', node.id);
          if (node.children) visit(node.id);
        }
      };
      visit('');
    }
  });
});

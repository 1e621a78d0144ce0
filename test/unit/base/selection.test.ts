import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatDay, parseDay } from '../../../src/base/day';
import { cellsOf, type SelectionCell, textOfCells } from '../../../src/base/selection/cells';
import { chosenStatuses, parseSelection } from '../../../src/base/selection/parse';
import { selectionText } from '../../../src/base/selection/parts';
import { printSelection } from '../../../src/base/selection/print';
import { resolveSelection } from '../../../src/base/selection/resolve';
import { groupOf, STATUS_WORDS, type Term } from '../../../src/base/selection/selection';

const NAMES = {
  nodes: ['PDC', 'PCF', 'MLFS', 'failed', '2021', 'to'],
  phases: ['phase3', 'phase4'],
  seasons: ['2021-22', '2021/22 play-offs'],
};
const day = (text: string) => parseDay(text) ?? Number.NaN;
const printed = (text: string, names?: typeof NAMES) => {
  const parsed = parseSelection(text, names);
  return 'problem' in parsed
    ? `${parsed.problem.from}-${parsed.problem.to}: ${parsed.problem.message}`
    : printSelection(parsed.selection);
};

const someDay = fc.integer({ min: day('2020-01-01'), max: day('2023-12-31') });
const someName = fc.oneof(
  fc.constantFrom(...NAMES.nodes, 'phase4', 'season', 'a b', 'x"y\\', 'a:b', 'é', '..', '[x]', '!'),
  fc.string({ minLength: 1, maxLength: 6 }),
);
const someTerm: fc.Arbitrary<Term> = fc.oneof(
  fc.record({ kind: fc.constantFrom('processor' as const, 'phase' as const), id: someName }),
  fc.record({ kind: fc.constant('date' as const), day: someDay }),
  fc.tuple(someDay, fc.nat(500)).map(([from, more]) => ({ kind: 'range' as const, from, to: from + more })),
  someDay.map((from) => ({ kind: 'range' as const, from })),
  someDay.map((to) => ({ kind: 'range' as const, to })),
  fc.constantFrom('2021', '2021-12', '2020-02').map((prefix) => ({ kind: 'glob' as const, prefix })),
  someName.map((name) => ({ kind: 'season' as const, name })),
  fc.constantFrom(...STATUS_WORDS).map((word) => ({ kind: 'status' as const, word })),
);
const someSelection = fc
  .array(fc.tuple(fc.array(someTerm, { minLength: 1, maxLength: 6 }), fc.array(someTerm, { maxLength: 3 })), {
    minLength: 1,
    maxLength: 3,
  })
  .map((groups) => ({ groups: groups.map(([terms, except]) => groupOf(terms, except)) }));

describe('a selection as text', () => {
  it('is read back as what was printed', () => {
    fc.assert(
      fc.property(someSelection, (selection) => {
        const text = printSelection(selection);
        assert.deepEqual(parseSelection(text), { selection: structuredClone(selection) }, text);
      }),
      { numRuns: 500 },
    );
  });

  it('never throws, and tells the place of what is wrong', () => {
    const pieces = fc.constantFrom(
      '2021-11-05',
      '[',
      ']',
      '..',
      '...',
      ' to ',
      '|',
      ',',
      '&',
      '!',
      '"',
      'PDC',
      'phase:',
      'x:y',
      '2021-*',
      '2021-02-30',
      'failed',
      ' ',
      '\\',
      ':',
    );
    const garbage = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.array(pieces, { maxLength: 12 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(garbage, fc.boolean(), (text, checked) => {
        const parsed = parseSelection(text, checked ? NAMES : undefined);
        if ('problem' in parsed) {
          const { from, to, message } = parsed.problem;
          assert.ok(0 <= from && from <= to && to <= text.length && message !== '', `${text}: ${message}`);
        } else assert.equal(printed(printSelection(parsed.selection)), printSelection(parsed.selection));
      }),
      { numRuns: 1000 },
    );
  });

  for (const [text, canonical] of [
    [
      '[2021-11-01..2021-11-30], 2021-12-*, missing, failed & phase:4',
      'phase:4 & [2021-11-01..2021-11-30], 2021-12-* & missing, failed',
    ],
    ['2021-11-05', '2021-11-05'],
    ['', ''],
    ['2021-11-01 to 2021-11-30', '[2021-11-01..2021-11-30]'],
    ['2021-11-01...2021-11-30', '[2021-11-01..2021-11-30]'],
    ['[ 2021-11-01 .. ] pdc', 'PDC & [2021-11-01..]'],
    ['..2021-11-30, 2021', '[..2021-11-30], 2021-*'],
    ['2021-11-08 2021-11-05,2021-11-05', '2021-11-05, 2021-11-08'],
    ['season:2021-22 & season:"2021/22 play-offs"', 'season:2021-22, season:"2021/22 play-offs"'],
    ['phase4, PDC, processor:failed', 'phase:phase4, PDC, processor:failed'],
    ['missing, failed, partial, suspect', 'gaps'],
    ['all, missing, !Failed', 'all & !failed'],
    ['PDC & 2021-11-* | MLFS, !2021-11-25', 'PDC & 2021-11-* | MLFS & !2021-11-25'],
  ] as const) {
    it(`reads ${text === '' ? 'nothing' : text}`, () => assert.equal(printed(text, NAMES), canonical));
  }

  for (const [text, problem] of [
    ['2021-11-01, failled', '12-19: “failled” is no date, no status and no processor. Did you mean `failed`?'],
    ['PDCC', '0-4: “PDCC” is no date, no status and no processor. Did you mean `PDC`?'],
    ['2021-22x', '0-8: “2021-22x” is no date, no status and no processor.'],
    ['2021-02-30', '0-10: “2021-02-30” is no date: write YYYY-MM-DD.'],
    ['2021-13', '0-7: “2021-13” is no date: write YYYY-MM-DD.'],
    ['PDC, [2021-11-30..2021-11-01]', '5-29: 2021-11-30 is after 2021-11-01: swap them.'],
    ['[2021-11-01..2021-11-30, PDC', '0-1: The range that begins here has no ].'],
    ['PDC | ', '6-6: A | stands between two selections: one is missing here.'],
    ['phase:5', '0-7: There is no phase “5”. Known: phase3, phase4.'],
    ['season:2021-23', '0-14: There is no season “2021-23”. Did you mean `2021-22`?'],
    ['phse:4', '0-6: “phse:” means nothing. Did you mean phase:?'],
    ['PDC, !', '6-6: Something to leave out is missing after the !.'],
    ['season:"2021', '0-12: The quotation that begins here does not end.'],
  ] as const) {
    it(`refuses ${text}`, () => assert.equal(printed(text, NAMES), problem));
  }

  it('is what pickers have', () => {
    assert.equal(selectionText({}), '');
    assert.equal(
      selectionText({ processors: ['PDC'], dates: ['2021-11-08', '2021-11-05'], choices: ['all'] }),
      'PDC & 2021-11-05, 2021-11-08 & all',
    );
    assert.equal(
      selectionText({ phases: ['phase4'], from: '2021-11-01', choices: ['suspect', 'missing', 'failed', 'partial'] }),
      'phase:phase4 & [2021-11-01..]',
    );
  });
});

it('is asked which statuses it chooses by, over all of its groups', () => {
  assert.deepEqual(chosenStatuses('PDC & 2021-11-05 | PCF'), []);
  assert.deepEqual(chosenStatuses('PDC & stale | PCF'), ['stale', 'missing', 'failed', 'partial', 'suspect']);
});

describe('partitions as a selection', () => {
  const FIRST = day('2021-11-01');
  const COUNT = 70;
  const nodes = ['A', 'B', 'C'];
  const phases = [
    { id: 'p1', nodes: ['A', 'B'] },
    { id: 'p2', nodes: ['C'] },
  ];
  const catalog = {
    nodes: [
      { id: 'A', phase: 'p1' },
      { id: 'B', phase: 'p1' },
      { id: 'C', phase: 'p2' },
    ],
    phases: ['p1', 'p2'],
    seasons: [],
  };
  const keys = (cells: readonly SelectionCell[]) => cells.map((cell) => `${cell.node} ${formatDay(cell.day)}`).sort();
  const cell = (node: string, date: string): SelectionCell => ({ node, day: day(date) });
  const days = (node: string, from: string, to: string) => {
    const cells: SelectionCell[] = [];
    for (let at = day(from); at <= day(to); at++) cells.push({ node, day: at });
    return cells;
  };

  it('means exactly them, as far as something is expected', () => {
    const off = fc.array(fc.boolean(), { minLength: COUNT * 3, maxLength: COUNT * 3 });
    const picked = fc.array(
      fc.record({ node: fc.constantFrom(...nodes), from: fc.nat(COUNT - 1), length: fc.integer({ min: 1, max: 40 }) }),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(off, picked, (offs, blocks) => {
        const isExpected = (node: string, at: number) => offs[nodes.indexOf(node) * COUNT + at - FIRST] !== true;
        const chosen = new Map<string, SelectionCell>();
        for (const { node, from, length } of blocks)
          for (let at = from; at < Math.min(COUNT, from + length); at++) chosen.set(`${node} ${at}`, { node, day: FIRST + at });
        const text = textOfCells([...chosen.values()], { isExpected, phases });
        if (chosen.size === 0) return assert.equal(text, '');
        const parsed = parseSelection(text);
        assert.ok('selection' in parsed, text);
        const found = cellsOf(resolveSelection(parsed.selection, catalog), {
          firstDay: FIRST,
          dayCount: COUNT,
          statusOf: () => 'complete',
          isWaived: () => true,
          isExpected,
        });
        const expectedOnes = (cells: readonly SelectionCell[]) => keys(cells.filter((one) => isExpected(one.node, one.day)));
        assert.deepEqual(expectedOnes(found), expectedOnes([...chosen.values()]), text);
        const known = new Set(keys([...chosen.values()]));
        assert.ok(
          keys(found).every((key) => known.has(key)),
          `${text} means nothing that was not picked`,
        );
        return undefined;
      }),
      { numRuns: 200 },
    );
  });

  it('is as short as it can honestly be', () => {
    assert.equal(textOfCells([cell('A', '2021-11-05')]), 'A & 2021-11-05 & all');
    const november = [...days('A', '2021-11-01', '2021-11-30'), ...days('B', '2021-11-01', '2021-11-30')];
    assert.equal(textOfCells(november, { phases }), 'phase:p1 & 2021-11-* & all');
    assert.equal(
      textOfCells([...november, cell('C', '2021-11-05')], { phases }),
      'phase:p1 & 2021-11-* & all | C & 2021-11-05 & all',
    );
    const isExpected = (_: string, at: number) => at % 2 === 1;
    const odd = days('A', '2021-11-01', '2021-11-12').filter((one) => isExpected('A', one.day));
    assert.match(textOfCells(odd, { isExpected }), /^A & \[2021-11-\d\d\.\.2021-11-\d\d\] & all$/);
    assert.match(textOfCells(odd), /^A & (2021-11-\d\d, ){5}2021-11-\d\d & all$/);
  });
});

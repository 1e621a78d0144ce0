import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseDay } from '../../../../src/base/day';
import { classify, tablesOf } from '../../../../src/core/coverage/classify';
import type { AttemptFact, CoverageGrid, CoverageInput, PartitionRef } from '../../../../src/core/coverage/coverage';
import { inputCells } from '../../../../src/core/coverage/dependencies';
import { explain } from '../../../../src/core/coverage/explain';
import { refOfCell } from '../../../../src/core/coverage/reasons';
import { causesText } from '../../../../src/core/impact/causes';
import { type Impact, impactOf } from '../../../../src/core/impact/impact';
import { chooseScope } from '../../../../src/core/plan/planScope';
import { refText } from '../../../../src/core/words';
import { arbitraryInput } from '../../../support/arbitraries';
import { attempt, buildInput, day, type InputSpec, READ_AT } from '../../../support/builders';

const DAYS = ['2021-11-01', '2021-11-02', '2021-11-03', '2021-11-04'];
const rows = (count: number, but: Readonly<Record<string, number>> = {}) => ({
  ...Object.fromEntries(DAYS.map((date) => [date, count])),
  ...but,
});

/** RAW → A → B; C needs the last two dates of A. */
const NODES: InputSpec['nodes'] = [
  { id: 'RAW', phase: 'sources' },
  { id: 'A', needs: ['RAW'] },
  { id: 'B', needs: ['A'] },
  { id: 'C', phase: 'phase2', needs: [{ node: 'A', window: { kind: 'lastDates', count: 2 } }] },
];
const FULL = { RAW: rows(9), A: rows(10), B: rows(10), C: rows(10) };

function ask(spec: Partial<InputSpec>, given: readonly string[], isToChange = false): Impact {
  const input = buildInput({ seasons: [['2021-11-01', '2021-11-04']], nodes: NODES, data: FULL, ...spec });
  return impactOf(input, classify(input), given.map(refOf), isToChange);
}

function refOf(text: string): PartitionRef {
  const [node = '', date = ''] = text.split(' ');
  return { node, day: day(date.length === 2 ? `2021-11-${date}` : date) };
}

/** `B 02: …`. */
const told = ({ redo }: Impact) =>
  redo.map((one) => `${one.node} ${refText(one).slice(-2)}: ${causesText(one.causes).replaceAll('2021-11-', '')}`);
const short = (refs: readonly PartitionRef[]) => refs.map((ref) => `${ref.node} ${refText(ref).slice(-2)}`);

function built(node: string, date: string, fingerprint: string, more: Partial<AttemptFact> = {}): AttemptFact {
  return attempt({
    outcome: 'done',
    inputs: [{ node, day: day(`2021-11-${date}`), fingerprint, unmet: false }],
    ...more,
  });
}

describe('impactOf', () => {
  it('goes by needs where nothing is recorded, windows and dates in between included', () => {
    assert.deepEqual(told(ask({}, ['A 02'])), [
      'B 02: needs A 02, and what it was built from is not recorded',
      'C 03: needs A 02, and what it was built from is not recorded',
      'C 04: needs A 02, and what it was built from is not recorded',
    ]);
  });

  it('takes what is done again along, in the order in which to do it', () => {
    const impact = ask({}, ['RAW 03']);
    assert.deepEqual(short(impact.redo), ['A 03', 'B 03', 'C 04']);
    assert.equal(causesText(impact.redo[1]?.causes ?? []), 'needs A 2021-11-03, which is done again');
  });

  it('compares with what an attempt recorded of its inputs', () => {
    const last = {
      'B 2021-11-02': built('A', '02', 'r10 e- k- w- c', { endedAt: READ_AT - 10 }),
      'B 2021-11-03': built('A', '03', 'r4 e- k- w- c'),
      'A 2021-11-02': attempt({ outcome: 'done', endedAt: READ_AT - 90_000 }),
    };
    const impact = ask({ last, nodes: NODES.slice(0, 3) }, ['A 02', 'A 03']);
    assert.deepEqual(told(impact), ['B 03: built before A 03 changed from 4 rows to 10 rows']);
    assert.deepEqual(short(impact.current), ['B 02']);
  });

  it('knows by the journal that an input was built again, though it looks the same', () => {
    const last = {
      'A 2021-11-02': attempt({ backfill: 'b2', outcome: 'done', endedAt: READ_AT - 1000 }),
      'B 2021-11-02': built('A', '02', 'r10 e- k- w- c', { endedAt: READ_AT - 5000, seconds: 2 }),
    };
    assert.deepEqual(told(ask({ last, nodes: NODES.slice(0, 3) }, ['A 02'])), [
      'B 02: built before backfill b2 built A 02 again',
    ]);
  });

  it('does not take for unchanged what nobody can tell', () => {
    const last = { 'B 2021-11-02': built('A', '02', 'r10 e- k- w- c') };
    assert.deepEqual(told(ask({ last, nodes: NODES.slice(0, 3) }, ['A 02'])), [
      'B 02: built from A 02, of which nothing tells whether it was rewritten',
    ]);
    const timed = [...NODES.slice(0, 1), { id: 'A', needs: ['RAW'], writtenAt: 'at' }, ...NODES.slice(2, 3)];
    const data = { ...FULL, A: Object.fromEntries(DAYS.map((date) => [date, { rows: 10, written: 5 }])) };
    const same = { 'B 2021-11-02': built('A', '02', 'r10 e- k- w5 c') };
    assert.deepEqual(told(ask({ last: same, nodes: timed, data }, ['A 02'])), []);
    const rewritten = { 'B 2021-11-02': built('A', '02', 'r10 e- k- w4 c') };
    assert.deepEqual(told(ask({ last: rewritten, nodes: timed, data }, ['A 02'])), [
      'B 02: built before A 02 changed, with 10 rows as before',
    ]);
  });

  it('takes everything that is built from what is yet to be repaired', () => {
    const last = { 'B 2021-11-02': built('A', '02', 'r10 e- k- w- c'), 'A 2021-11-02': attempt({ outcome: 'done', endedAt: 0 }) };
    const spec = { last, nodes: NODES.slice(0, 3) };
    assert.deepEqual(told(ask(spec, ['A 02'])), []);
    assert.deepEqual(told(ask(spec, ['A 02'], true)), ['B 02: built from A 02, which is done again']);
  });

  it('tells gaps apart: those without rows wait, those with rows are suspect', () => {
    const impact = ask({ data: { ...FULL, A: rows(10, { '2021-11-02': 0 }), B: rows(10, { '2021-11-02': 0 }) } }, ['A 02']);
    assert.deepEqual(told(impact), [
      'B 02: has no rows yet, and needs A 02',
      'C 03: suspect because of A 02',
      'C 04: suspect because of A 02',
    ]);
  });

  it('leaves out dates on which nothing is expected, and has no answer for dates that nobody knows', () => {
    const exclusions = [{ from: day('2021-11-02'), to: day('2021-11-02'), reason: 'x' }];
    assert.deepEqual(ask({ exclusions, nodes: NODES.slice(0, 3) }, ['A 02']).redo, []);
    assert.deepEqual(ask({}, ['A 1999-01-01', 'Z 02']), { given: [], unrepaired: [], redo: [], current: [], select: '' });
  });

  const asked = fc.tuple(arbitraryInput, fc.array(fc.tuple(fc.nat(5), fc.nat(11)), { minLength: 1, maxLength: 3 }), fc.boolean());
  const runs = { numRuns: 300 };
  const prepared = ([spec, picks, isToChange]: readonly [InputSpec, readonly (readonly [number, number])[], boolean]) => {
    const input = buildInput(spec);
    const grid = classify(input);
    const given = picks.map(
      ([node, offset]): PartitionRef => ({
        node: input.pipeline.nodes[node % input.pipeline.nodes.length]?.id ?? '',
        day: (parseDay('2021-11-01') ?? 0) + offset,
      }),
    );
    return { input, grid, given, impact: impactOf(input, grid, given, isToChange) };
  };

  it('never contains a partition that does not depend on the given ones, nor a given one', () => {
    fc.assert(
      fc.property(asked, (values) => {
        const { input, grid, given, impact } = prepared(values);
        const reached = dependents(input, grid, new Set(given.map(refText)));
        for (const one of impact.redo) {
          assert.ok(reached.has(refText(one)), refText(one));
          assert.ok(one.causes.length > 0);
          assert.ok(!given.some((ref) => refText(ref) === refText(one)));
        }
      }),
      runs,
    );
  });

  it('contains all that is stale, suspect or blocked because of the given ones', () => {
    fc.assert(
      fc.property(asked, (values) => {
        const { input, grid, given, impact } = prepared(values);
        const redo = new Set(impact.redo.map(refText));
        for (const key of caused(input, grid, new Set(given.map(refText)))) assert.ok(redo.has(key), key);
      }),
      runs,
    );
  });

  it('has a selection that means exactly what is done again', () => {
    fc.assert(
      fc.property(asked, (values) => {
        const { input, grid, impact } = prepared(values);
        if (impact.select === '') return assert.equal(impact.redo.length, 0);
        const cells = chooseScope(tablesOf(input, grid), grid, impact).cells;
        const t = tablesOf(input, grid);
        assert.deepEqual(cells.map((cell) => refText(refOfCell(t, cell))).sort(), impact.redo.map(refText).sort());
      }),
      runs,
    );
  });

  it('names an input before what is built from it, and each partition once', () => {
    fc.assert(
      fc.property(asked, (values) => {
        const { redo } = prepared(values).impact;
        const place = new Map(redo.map((one, index) => [refText(one), index]));
        assert.equal(place.size, redo.length);
        for (const [index, { causes }] of redo.entries())
          for (const { upstream, by } of causes) if (by === 'need') assert.ok((place.get(refText(upstream)) ?? -1) < index);
      }),
      runs,
    );
  });
});

/** Everything that the given ones reach through needs, or through anything that any attempt recorded. */
function dependents(input: CoverageInput, grid: CoverageGrid, given: ReadonlySet<string>): ReadonlySet<string> {
  const t = tablesOf(input, grid);
  const edges = new Map<string, string[]>();
  for (const table of t.nodes) {
    for (let offset = 0; offset < t.dayCount; offset++) {
      const key = refText(refOfCell(t, table.base + offset));
      const recorded: string[] = [];
      for (let fact = input.attempts.last.get(key); fact !== undefined; fact = fact.builtBy)
        recorded.push(...fact.inputs.map(refText));
      edges.set(key, [...inputCells(t, table, offset).map((cell) => refText(refOfCell(t, cell))), ...recorded]);
    }
  }
  return closure(given, (key, known) => (edges.get(key) ?? []).some((one) => known.has(one)), edges.keys());
}

/** Everything whose explanation names a given partition, or another one of these, as its reason. */
function caused(input: CoverageInput, grid: CoverageGrid, given: ReadonlySet<string>): Iterable<string> {
  const reasons = new Map<string, string[]>();
  for (const { id, index, kind } of input.pipeline.nodes) {
    if (kind === 'source') continue;
    for (let offset = 0; offset < grid.dayCount; offset++) {
      const ref = { node: id, day: grid.firstDay + offset };
      const named = explain(input, grid, index, ref.day).reasons.flatMap((reason) => {
        if (reason.kind === 'inputsChanged') return reason.upstream;
        return reason.kind === 'upstream' && reason.have !== 'no earlier date in the season' ? [reason.partition] : [];
      });
      reasons.set(
        refText(ref),
        named.map(refText).filter((key) => key !== refText(ref)),
      );
    }
  }
  const found = new Set(closure(given, (key, known) => (reasons.get(key) ?? []).some((one) => known.has(one)), reasons.keys()));
  for (const key of given) found.delete(key);
  return found;
}

function closure(
  given: ReadonlySet<string>,
  follows: (key: string, known: ReadonlySet<string>) => boolean,
  keys: Iterable<string>,
): ReadonlySet<string> {
  const known = new Set(given);
  const all = [...keys];
  for (let size = -1; size !== known.size; ) {
    size = known.size;
    for (const key of all) if (!known.has(key) && follows(key, known)) known.add(key);
  }
  return known;
}

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatDay, parseDay } from '../../../../src/base/day';
import { isGap, STATUSES } from '../../../../src/base/status';
import { classify } from '../../../../src/core/coverage/classify';
import { changesBetween, type StatusChange } from '../../../../src/core/handoff/changes';
import { changeLines } from '../../../../src/core/handoff/changeText';
import { type CoverageMemory, rememberCoverage, stateKey } from '../../../../src/core/handoff/memory';
import { partitionKey } from '../../../../src/core/words';
import { arbitraryInput } from '../../../support/arbitraries';
import { buildInput, type InputSpec, READ_AT } from '../../../support/builders';

function memoryOf(spec: InputSpec): CoverageMemory {
  const input = buildInput(spec);
  return rememberCoverage(input, classify(input), READ_AT);
}

/** By partition: its state, as a key. */
function cells({ firstDate, processors, states }: CoverageMemory): Map<string, string> {
  const found = new Map<string, string>();
  for (const { id, runs } of processors) {
    let day = parseDay(firstDate ?? '') ?? 0;
    for (let index = 0; index < runs.length; index += 2) {
      const state = states[runs[index] ?? -1];
      assert.ok(state);
      for (let count = runs[index + 1] ?? 0; count > 0; count--) found.set(partitionKey(id, day++), stateKey(state));
    }
  }
  return found;
}

function applied(before: Map<string, string>, changes: readonly StatusChange[]): Map<string, string> {
  const result = new Map(before);
  for (const { processor, from, to, before: was, after } of changes) {
    for (let day = from; day <= to; day++) {
      const key = partitionKey(processor, day);
      assert.equal(result.get(key), was === null ? undefined : stateKey(was), `${key} was something else`);
      if (after === null) result.delete(key);
      else result.set(key, stateKey(after));
    }
  }
  return result;
}

const sorted = (map: Map<string, string>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));

describe('what changed between two reports', () => {
  it('turns the earlier one into the later one', () => {
    fc.assert(
      fc.property(arbitraryInput, arbitraryInput, (first, second) => {
        const [before, after] = [memoryOf(first), memoryOf(second)];
        const changes = changesBetween(before, after);
        assert.deepEqual(sorted(applied(cells(before), changes)), sorted(cells(after)));
        for (const { before: was, after: is } of changes) assert.notEqual(was && stateKey(was), is && stateKey(is));
      }),
      { numRuns: 100 },
    );
  });

  it('is nothing where nothing is different, and joins dates in a row', () => {
    fc.assert(
      fc.property(arbitraryInput, (spec) => {
        assert.deepEqual(changesBetween(memoryOf(spec), memoryOf(spec)), []);
      }),
      { numRuns: 50 },
    );
    const spec = (rows: Record<string, number>): InputSpec => ({
      seasons: [['2021-11-01', '2021-11-05']],
      nodes: [{ id: 'A' }],
      data: { A: rows },
    });
    const changes = changesBetween(memoryOf(spec({})), memoryOf(spec({ '2021-11-02': 1, '2021-11-03': 1, '2021-11-05': 1 })));
    assert.deepEqual(
      changes.map(({ from, to, kind }) => [formatDay(from), formatDay(to), kind]),
      [
        ['2021-11-02', '2021-11-03', 'complete'],
        ['2021-11-05', '2021-11-05', 'complete'],
      ],
    );
  });

  it('remembers what the grid says of every partition', () => {
    fc.assert(
      fc.property(arbitraryInput, (spec) => {
        const input = buildInput(spec);
        const grid = classify(input);
        const remembered = cells(JSON.parse(JSON.stringify(rememberCoverage(input, grid, READ_AT))));
        assert.equal(remembered.size, grid.status.length);
        for (const [cell, code] of grid.status.entries()) {
          const id = input.pipeline.nodes[Math.floor(cell / grid.dayCount)]?.id ?? '';
          const [status, , waived] = (remembered.get(partitionKey(id, grid.firstDay + (cell % grid.dayCount))) ?? '').split('\n');
          assert.equal(status, STATUSES[code]);
          if (isGap(STATUSES[code] ?? 'off')) assert.equal(waived === 'true', (grid.rootSet[cell] ?? 0) === 0);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('tells lost data, new gaps, what is complete now, and other causes apart', () => {
    const base: InputSpec = {
      seasons: [['2021-11-01', '2021-11-04']],
      nodes: [{ id: 'A' }, { id: 'B', needs: [{ node: 'A', minRows: 10 }] }, { id: 'C', expect: { minRows: 5 } }],
    };
    const before = memoryOf({
      ...base,
      data: { A: { '2021-11-01': 10, '2021-11-02': 10 }, B: { '2021-11-01': 4 }, C: { '2021-11-01': 9, '2021-11-02': 9 } },
    });
    const after = memoryOf({
      ...base,
      data: { A: { '2021-11-02': 10, '2021-11-03': 10 }, B: { '2021-11-02': 4 }, C: { '2021-11-01': 3, '2021-11-02': 9 } },
      waivers: [{ node: 'C', from: 18934, to: 18934, reason: 'known', author: 'ann' }],
    });
    const told = [...changeLines(changesBetween(before, after))].map(([kind, lines]) => [
      kind,
      ...lines.map(({ processor, when, what }) => `${processor} ${when}: ${what}`),
    ]);
    assert.deepEqual(told, [
      ['lost', 'A 2021-11-01: complete → missing', 'B 2021-11-01: complete → blocked (upstream A)'],
      ['gap', 'C 2021-11-01: complete → partial (below expectation)'],
      ['complete', 'A 2021-11-03: missing → complete', 'B 2021-11-02: missing → complete'],
      ['reason', 'B 2021-11-03: blocked (upstream A) → missing'],
      ['other', 'C 2021-11-03: missing → missing (waived)'],
    ]);
  });

  it('knows processors that came and went, and pipelines without dates', () => {
    const season = { seasons: [['2021-11-01', '2021-11-02']] as const };
    const before = memoryOf({ ...season, nodes: [{ id: 'A' }, { id: 'OLD' }] });
    const after = memoryOf({ ...season, nodes: [{ id: 'A' }, { id: 'NEW' }] });
    assert.deepEqual(
      changesBetween(before, after).map(({ processor, kind, before: was, after: is }) => [
        processor,
        kind,
        was?.status,
        is?.status,
      ]),
      [
        ['NEW', 'gap', undefined, 'missing'],
        ['OLD', 'other', 'missing', undefined],
      ],
    );
    const empty = memoryOf({ seasons: [['2030-01-01', '2030-01-02']], nodes: [{ id: 'A' }] });
    assert.equal(empty.firstDate === null || cells(empty).size > 0, true);
    assert.deepEqual(sorted(applied(cells(empty), changesBetween(empty, after))), sorted(cells(after)));
  });
});

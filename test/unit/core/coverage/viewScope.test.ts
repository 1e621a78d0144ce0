import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseDay } from '../../../../src/base/day';
import { textOfCells } from '../../../../src/base/selection/cells';
import { classify } from '../../../../src/core/coverage/classify';
import { gapCells } from '../../../../src/core/coverage/gaps';
import { coverageReport } from '../../../../src/core/coverage/report';
import { viewScope } from '../../../../src/core/coverage/viewScope';
import { arbitraryInput } from '../../../support/arbitraries';
import { buildInput, day } from '../../../support/builders';

describe('a selection for somebody who looks', () => {
  const input = buildInput({
    seasons: [['2021-11-01', '2021-11-04']],
    exclusions: [{ from: day('2021-11-02'), to: day('2021-11-02'), reason: 'All-Star break' }],
    nodes: [{ id: 'BOX', phase: 'sources' }, { id: 'PDC', needs: ['BOX'] }, { id: 'MLFS' }],
    data: { BOX: { '2021-11-01': 5 }, PDC: { '2021-11-01': 81 } },
    waivers: [{ node: 'MLFS', from: day('2021-11-03'), to: day('2021-11-03'), reason: 'rain', author: 'ada' }],
  });
  const grid = classify(input);
  const shown = (select: string) =>
    coverageReport(input, grid, viewScope(input, grid, select), 'cache').partitions.map(
      ({ processor, date, status }) => `${processor} ${date.slice(-2)} ${status}`,
    );

  it('means whatever the partitions are, off dates and waived gaps too, and sources by name', () => {
    assert.deepEqual(shown('MLFS & 2021-11-02..2021-11-04'), ['MLFS 02 off', 'MLFS 03 missing', 'MLFS 04 missing']);
    assert.deepEqual(shown('2021-11-01'), ['PDC 01 complete', 'MLFS 01 missing']);
    assert.deepEqual(shown('BOX, PDC & gaps'), ['BOX 03 missing', 'BOX 04 missing', 'PDC 03 blocked', 'PDC 04 blocked']);
    assert.deepEqual(shown('gaps & 2021-11-03 | MLFS & off'), ['PDC 03 blocked', 'MLFS 02 off']);
    assert.deepEqual(shown('!gaps, !off, !all'), []);
  });

  it('shows exactly the partitions that a text was made of, and counts their gaps alone', () => {
    fc.assert(
      fc.property(arbitraryInput, fc.infiniteStream(fc.boolean()), (spec, coins) => {
        const some = buildInput(spec);
        const of = classify(some);
        const all = coverageReport(some, of, { processors: some.pipeline.nodes.map(({ index }) => index) }, 'cache');
        const picked = all.partitions.filter(() => coins.next().value);
        const text = textOfCells(picked.map(({ processor, date }) => ({ node: processor, day: parseDay(date) ?? 0 })));
        if (picked.length === 0) return;
        const scope = viewScope(some, of, text);
        const report = coverageReport(some, of, scope, 'cache');
        assert.deepEqual(report.partitions, picked);
        assert.equal(
          report.processors.reduce((sum, { gaps }) => sum + gaps, 0),
          gapCells(some, of, scope).length,
        );
        const dates = new Set(picked.map(({ date }) => date));
        assert.deepEqual(
          report.dates.map(({ date }) => date),
          [...dates].sort(),
        );
      }),
      { numRuns: 50 },
    );
  });
});

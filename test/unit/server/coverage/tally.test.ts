import assert from 'node:assert/strict';
import fc from 'fast-check';
import { classify } from '../../../../src/core/coverage/classify';
import { processorReports } from '../../../../src/core/coverage/report';
import { type Tally, tallyOf, tallySentence, tallyText, worstOf } from '../../../../src/server/coverage/tally';
import { arbitraryInput } from '../../../support/arbitraries';
import { buildInput, type InputSpec } from '../../../support/builders';

const SEASON: InputSpec['seasons'] = [['2021-11-01', '2021-11-05']];

function tally(spec: InputSpec, id: string): Tally {
  const input = buildInput(spec);
  const node = input.pipeline.nodes.findIndex((candidate) => candidate.id === id);
  return tallyOf(input.pipeline, classify(input), [node]);
}

describe('tally', () => {
  it('counts what is complete of what is expected, and names who blocks', () => {
    const spec: InputSpec = {
      seasons: SEASON,
      nodes: [{ id: 'PDC' }, { id: 'MLFS', needs: [{ node: 'PDC', minRows: 100 }] }],
      data: {
        PDC: { '2021-11-01': 120, '2021-11-02': 36, '2021-11-03': 120, '2021-11-04': 120, '2021-11-05': 120 },
        MLFS: { '2021-11-01': 9, '2021-11-03': 9, '2021-11-04': 9 },
      },
    };
    const found = tally(spec, 'MLFS');
    assert.equal(tallyText(found), '3/5 · 1 missing, 1 blocked by PDC');
    assert.equal(tallySentence(found), '3 of 5 dates complete, 1 missing, 1 blocked by PDC');
    assert.equal(worstOf(found), 'missing');
    assert.equal(found.gaps, 2);
    const input = buildInput(spec);
    const both = tallyOf(input.pipeline, classify(input), [0, 1]);
    assert.match(tallySentence(both), /^8 of 10 partitions complete, /, 'of several nodes there are not so many dates');
  });

  it('says what is waived and what should not be there apart from gaps', () => {
    const spec: InputSpec = {
      seasons: SEASON,
      exclusions: [{ from: 18_936, to: 18_936, reason: 'holiday' }],
      nodes: [{ id: 'A' }],
      data: { A: { '2021-11-01': 3, '2021-11-02': 3, '2021-11-03': 3, '2021-11-05': 3 } },
      waivers: [{ node: 'A', from: 18_935, to: 18_935, reason: 'lost', author: 'Ada' }],
    };
    const found = tally(spec, 'A');
    assert.equal(tallyText(found), '3/4 · 1 waived, 1 date with unexpected rows');
    assert.equal(found.gaps, 0);
    assert.equal(worstOf(found), 'complete');
  });

  it('says where nothing is expected', () => {
    const found = tally({ seasons: SEASON, nodes: [{ id: 'A', bootstrapDays: 14 }] }, 'A');
    assert.equal(tallyText(found), 'nothing expected');
    assert.equal(worstOf(found), 'off');
  });

  it('sums up what does not fit', () => {
    const counts = { missing: 12, failed: 1, suspect: 3, partial: 2, complete: 1000 };
    const none = { off: 0, running: 0, queued: 0, blocked: 0, stale: 0, unknown: 0 };
    const known = { expected: 1018, counts: { ...none, ...counts }, gaps: 18 };
    const many: Tally = { unit: 'date', ...known, waived: 0, unexpected: 0, blockers: [] };
    assert.equal(tallyText(many), '1,000/1,018 · 1 failed, 12 missing, 3 suspect, 2 partial');
    const more = { ...many, waived: 4 };
    assert.equal(tallyText(more), '1,000/1,018 · 1 failed, 12 missing, 3 suspect, 6 others');
  });

  it('agrees with the report on every pipeline', () => {
    fc.assert(
      fc.property(arbitraryInput, (spec) => {
        const input = buildInput(spec);
        const grid = classify(input);
        for (const report of processorReports(input, grid, {})) {
          const index = input.pipeline.nodes.findIndex(({ id }) => id === report.id);
          const { expected, gaps, counts, waived } = tallyOf(input.pipeline, grid, [index]);
          assert.deepEqual([expected, counts.complete, gaps], [report.expected, report.complete, report.gaps]);
          const sum = Object.values(counts).reduce((total, count) => total + count, 0);
          assert.equal(sum + waived, expected);
        }
      }),
    );
  });
});

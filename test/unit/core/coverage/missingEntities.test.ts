import assert from 'node:assert/strict';
import { classify } from '../../../../src/core/coverage/classify';
import type { CoverageInput } from '../../../../src/core/coverage/coverage';
import { entityComparison, missingEntities } from '../../../../src/core/coverage/missingEntities';
import { partitionKey } from '../../../../src/core/words';
import { buildInput, day, type NodeSpec } from '../../../support/builders';

const TEAM = { entity: ['team'] };

function compared(input: CoverageInput, id: string, date: string): string[] | undefined {
  const index = input.pipeline.nodes.findIndex((node) => node.id === id);
  const found = entityComparison(input, classify(input), index, day(date));
  return found && [found.partition, found.reference].map(({ node, day: at }) => partitionKey(node, at));
}

describe('missing entities', () => {
  it('of a fixed roster are those of the nearest complete date', () => {
    const node: NodeSpec = { id: 'TDZA', ...TEAM, expect: { entities: 30 } };
    const data = { TDZA: { '2021-11-01': 30, '2021-11-03': 29, '2021-11-04': 28, '2021-11-05': 30 } };
    const input = buildInput({ seasons: [['2021-11-01', '2021-11-09']], nodes: [node], data });
    assert.deepEqual(compared(input, 'TDZA', '2021-11-04'), ['TDZA 2021-11-04', 'TDZA 2021-11-05']);
    assert.deepEqual(compared(input, 'TDZA', '2021-11-03'), ['TDZA 2021-11-03', 'TDZA 2021-11-01'], 'the earlier one of two');
  });

  const nodes = (needs: readonly string[]): NodeSpec[] => [
    { id: 'PGS', phase: 'phase1', entity: ['player'] },
    { id: 'UPGC', phase: 'phase1', entity: ['player'] },
    { id: 'TOGS', phase: 'phase1', ...TEAM },
    { id: 'MLFS', phase: 'phase2', entity: ['player'], needs },
  ];
  const data = {
    PGS: { '2021-11-04': 200 },
    UPGC: { '2021-11-04': 240 },
    TOGS: { '2021-11-04': 500 },
    MLFS: { '2021-11-04': 100 },
  };
  const seasons = [['2021-11-01', '2021-11-09']] as const;

  it('of others are those of the upstream with the same entities and the most of them, in any order of needs', () => {
    for (const needs of [
      ['PGS', 'UPGC', 'TOGS'],
      ['TOGS', 'UPGC', 'PGS'],
    ]) {
      assert.deepEqual(compared(buildInput({ seasons, nodes: nodes(needs), data }), 'MLFS', '2021-11-04'), [
        'MLFS 2021-11-04',
        'UPGC 2021-11-04',
      ]);
    }
  });

  it('of one with ratio_of are those of that node', () => {
    const all = nodes(['UPGC']).map((node) =>
      node.id === 'MLFS' ? { ...node, expect: { ratioOf: { node: 'PGS', atLeast: 0.9 } } } : node,
    );
    assert.deepEqual(compared(buildInput({ seasons, nodes: all, data }), 'MLFS', '2021-11-04')?.[1], 'PGS 2021-11-04');
  });

  it('need something to compare with', () => {
    assert.equal(compared(buildInput({ seasons, nodes: nodes(['TOGS']), data }), 'MLFS', '2021-11-04'), undefined);
    assert.equal(compared(buildInput({ seasons, nodes: nodes(['PGS']), data }), 'MLFS', '2030-01-01'), undefined);
  });

  it('are named, sorted and once', () => {
    assert.deepEqual(missingEntities(['b'], ['c', 'a', 'b', 'c']), ['a', 'c']);
  });
});

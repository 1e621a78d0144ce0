import assert from 'node:assert/strict';
import type { TreeNode } from '../../../../src/protocol/messages';
import type { NodeTarget } from '../../../../src/protocol/targets';
import { pathTo } from '../../../../src/server/trees/treePath';

function node(id: string, children: boolean, target?: NodeTarget): TreeNode {
  return { id, label: id, icon: 'dash', children, context: 'partition', accessibilityLabel: id, ...(target && { target }) };
}

describe('the way to a partition in a tree', () => {
  const tree: Readonly<Record<string, readonly TreeNode[]>> = {
    '': [node('message', false), node('p1', true, { nodes: ['A'] }), node('p2', true, { nodes: ['A', 'B'] })],
    p1: [node('p1/A', true, { nodes: ['A'] })],
    'p1/A': [node('p1/A/nov', true, { nodes: ['A'], from: '2021-11-01', to: '2021-11-30' })],
    'p1/A/nov': [node('p1/A/nov/5', false, { nodes: ['A'], from: '2021-11-05', to: '2021-11-05' })],
    p2: [node('p2/gap', true, { nodes: ['B'], dates: ['2021-12-01', '2021-12-02'] })],
    'p2/gap': [
      node('p2/gap/1', false, { nodes: ['B'], from: '2021-12-01', to: '2021-12-01' }),
      node('p2/gap/2', false, { nodes: ['B'], from: '2021-12-02', to: '2021-12-02' }),
    ],
  };
  const path = (id: string, date: string) => pathTo((parent) => tree[parent] ?? [], id, date);

  it('goes through what is about its processor and its date, whatever the tree is grouped by', () => {
    assert.deepEqual(path('A', '2021-11-05'), ['p1', 'p1/A', 'p1/A/nov', 'p1/A/nov/5']);
    assert.deepEqual(path('B', '2021-12-02'), ['p2', 'p2/gap', 'p2/gap/2']);
  });

  it('is none where the tree does not have it', () => {
    assert.deepEqual(path('A', '2021-12-05'), []);
    assert.deepEqual(path('C', '2021-11-05'), []);
  });
});

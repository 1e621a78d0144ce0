import assert from 'node:assert/strict';
import fc from 'fast-check';
import { NodeStore, type ViewNode } from '../../../../src/client/nodeStore';
import type { TreeNode } from '../../../../src/protocol/messages';
import { TreePublisher } from '../../../../src/server/trees/treePublisher';

function node(id: string, label = id): TreeNode {
  return { id, label, icon: 'pass', children: true, context: 'phase', accessibilityLabel: label };
}

describe('TreePublisher', () => {
  it('announces only nodes that were told and differ', () => {
    const publisher = new TreePublisher();
    publisher.tell('', [node('a'), node('b')]);
    const now = [node('a'), node('b', 'changed')];
    assert.deepEqual(
      publisher.changes(() => now),
      { updated: [now[1]], reordered: [] },
    );
    assert.deepEqual(
      publisher.changes(() => now),
      { updated: [], reordered: [] },
    );
  });

  it('announces a parent whose children came, went or moved', () => {
    for (const now of [[node('b'), node('a')], [node('a')], [node('a'), node('b'), node('c')]]) {
      const publisher = new TreePublisher();
      publisher.tell('', [node('a'), node('b')]);
      assert.deepEqual(publisher.changes(() => now).reordered, ['']);
    }
  });

  it('never composes what nobody opened, nor what is gone', () => {
    const publisher = new TreePublisher();
    publisher.tell('', [node('a')]);
    publisher.tell('a', [node('a/1')]);
    const asked: string[] = [];
    const compose = (parent: string) => {
      asked.push(parent);
      return [];
    };
    publisher.changes(compose);
    publisher.changes(compose);
    assert.deepEqual(asked, ['', 'a', '']);
  });

  it('keeps a view that opens and closes what it likes equal to the tree, whatever changes', () => {
    const labels = fc.dictionary(
      fc.constantFrom('a', 'b', 'c'),
      fc.dictionary(fc.constantFrom('1', '2', '3'), fc.constantFrom('x', 'y')),
    );
    fc.assert(
      fc.property(fc.array(labels, { minLength: 1, maxLength: 6 }), (states) => {
        const publisher = new TreePublisher();
        const store = new NodeStore();
        let state = states[0] ?? {};
        const compose = (parent: string): TreeNode[] => {
          if (parent === '') return Object.entries(state).map(([id, leaves]) => node(id, JSON.stringify(leaves)));
          return Object.entries(state[parent] ?? {}).map(([leaf, label]) => node(`${parent}/${leaf}`, label));
        };
        const ask = (parent: ViewNode | undefined): readonly ViewNode[] =>
          store.isCurrent(parent)
            ? (store.children(parent) ?? [])
            : store.setChildren(parent, publisher.tell(parent?.data.id ?? '', compose(parent?.data.id ?? '')));
        const shown = () => ask(undefined).map((top) => [top.data.label, ask(top).map(({ data }) => [data.id, data.label])]);
        for (const next of states) {
          state = next;
          const { updated, reordered } = publisher.changes(compose);
          store.change(updated, reordered);
          const expected = Object.entries(next).map(([id, leaves]) => [
            JSON.stringify(leaves),
            Object.entries(leaves).map(([leaf, label]) => [`${id}/${leaf}`, label]),
          ]);
          assert.deepEqual(shown(), expected);
        }
      }),
    );
  });
});

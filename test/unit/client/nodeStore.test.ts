import assert from 'node:assert/strict';
import { NodeStore } from '../../../src/client/nodeStore';
import type { TreeNode } from '../../../src/protocol/messages';

function node(id: string, label = id): TreeNode {
  return { id, label, icon: 'pass', children: true, context: 'phase', accessibilityLabel: label };
}

describe('NodeStore', () => {
  it('keeps one object for an id while the node exists', () => {
    const store = new NodeStore();
    const [first] = store.setChildren(undefined, [node('a'), node('b')]);
    const again = store.setChildren(undefined, [node('c'), node('a', 'changed')]);
    assert.equal(again[1], first);
    assert.equal(first?.data.label, 'changed');
    assert.equal(store.get('b'), undefined);
  });

  it('asks to refresh only the nodes that were told', () => {
    const store = new NodeStore();
    const [a] = store.setChildren(undefined, [node('a')]);
    assert.deepEqual(store.change([node('a', 'new'), node('never told')], []), [a]);
    assert.equal(a?.data.label, 'new');
    assert.ok(store.isCurrent(undefined));
  });

  it('forgets a list of children that is announced as different, but still shows it until it is asked for', () => {
    const store = new NodeStore();
    const [a] = store.setChildren(undefined, [node('a')]);
    const children = store.setChildren(a, [node('a/1')]);
    assert.deepEqual(store.change([], ['a', 'unknown']), [a]);
    assert.equal(store.isCurrent(a), false);
    assert.equal(store.children(a), children);
  });

  it('refreshes the root alone when the root differs', () => {
    const store = new NodeStore();
    store.setChildren(undefined, [node('a')]);
    assert.deepEqual(store.change([node('a', 'new')], ['']), [undefined]);
  });

  it('drops what is below a node that is gone, and makes new objects when it comes back', () => {
    const store = new NodeStore();
    const [a] = store.setChildren(undefined, [node('a')]);
    const [below] = store.setChildren(a, [node('a/1')]);
    store.setChildren(undefined, []);
    assert.equal(store.get('a/1'), undefined);
    const [back] = store.setChildren(undefined, [node('a')]);
    assert.notEqual(back, a);
    assert.equal(store.children(back), undefined);
    assert.notEqual(store.setChildren(back, [node('a/1')])[0], below);
  });

  it('outdates everything for a new engine without losing the last view', () => {
    const store = new NodeStore();
    const children = store.setChildren(undefined, [node('a')]);
    store.outdateAll();
    assert.equal(store.isCurrent(undefined), false);
    assert.equal(store.children(undefined), children);
    assert.equal(store.setChildren(undefined, [node('a')])[0], children[0]);
  });
});

import type { TreeNode } from '../protocol/messages';

/** A tree element. VS Code refreshes by object identity: one object stands for an id as long as the node exists. */
export interface ViewNode {
  data: TreeNode;
  readonly parent: ViewNode | undefined;
}

/** The nodes of one tree as the server last told them. */
export class NodeStore {
  readonly #nodes = new Map<string, ViewNode>();
  /** By id of the parent, `''` for the root. */
  readonly #children = new Map<string, readonly ViewNode[]>();
  readonly #outdated = new Set<string>();

  get(id: string): ViewNode | undefined {
    return this.#nodes.get(id);
  }

  /** The last known children; undefined when they were never told. */
  children(parent: ViewNode | undefined): readonly ViewNode[] | undefined {
    return this.#children.get(parent?.data.id ?? '');
  }

  /** The children are known and nothing was announced about them since. */
  isCurrent(parent: ViewNode | undefined): boolean {
    const id = parent?.data.id ?? '';
    return this.#children.has(id) && !this.#outdated.has(id);
  }

  /** Takes the children of a node as they are now. Objects of ids that stay are kept. */
  setChildren(parent: ViewNode | undefined, told: readonly TreeNode[]): readonly ViewNode[] {
    const parentId = parent?.data.id ?? '';
    const before = this.#children.get(parentId) ?? [];
    const children = told.map((data) => {
      const known = this.#nodes.get(data.id);
      if (known !== undefined && known.parent === parent) {
        known.data = data;
        return known;
      }
      const node: ViewNode = { data, parent };
      this.#nodes.set(data.id, node);
      return node;
    });
    this.#children.set(parentId, children);
    this.#outdated.delete(parentId);
    const kept = new Set(children);
    for (const node of before) if (!kept.has(node)) this.#forget(node);
    return children;
  }

  /** Takes announced changes and returns the elements that VS Code has to ask for again; `undefined` among them is the root. */
  change(updated: readonly TreeNode[], reordered: readonly string[]): readonly (ViewNode | undefined)[] {
    const refresh = new Set<ViewNode | undefined>();
    for (const data of updated) {
      const node = this.#nodes.get(data.id);
      if (node === undefined) continue;
      node.data = data;
      refresh.add(node);
    }
    for (const id of reordered) {
      if (!this.#children.has(id)) continue;
      this.#outdated.add(id);
      refresh.add(id === '' ? undefined : this.#nodes.get(id));
    }
    return refresh.has(undefined) ? [undefined] : [...refresh];
  }

  /** Every child list has to be asked for again; the last known ones stay until then. */
  outdateAll(): void {
    for (const id of this.#children.keys()) this.#outdated.add(id);
  }

  clear(): void {
    this.#nodes.clear();
    this.#children.clear();
    this.#outdated.clear();
  }

  #forget(node: ViewNode): void {
    const { id } = node.data;
    if (this.#nodes.get(id) === node) this.#nodes.delete(id);
    for (const child of this.#children.get(id) ?? []) this.#forget(child);
    this.#children.delete(id);
    this.#outdated.delete(id);
  }
}

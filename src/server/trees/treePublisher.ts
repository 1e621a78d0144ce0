import { isDeepStrictEqual } from 'node:util';
import type { TreeNode } from '../../protocol/messages';

/** What a view has to be told so that it shows the tree as it is now. */
export interface TreeChanges {
  readonly updated: readonly TreeNode[];
  /** Parents whose list of children differs; `''` is the root. */
  readonly reordered: readonly string[];
}

/** Remembers what a view was told, and finds what of it differs: a view is never told to draw what it shows already. */
export class TreePublisher {
  readonly #told = new Map<string, readonly TreeNode[]>();

  /** Notes the children that a view is told. */
  tell(parent: string, children: readonly TreeNode[]): readonly TreeNode[] {
    this.#told.set(parent, children);
    return children;
  }

  /**
   * What differs from what was told; that counts as told.
   * @param compose the children of a node as they are now; none for a node that is gone.
   */
  changes(compose: (parent: string) => readonly TreeNode[]): TreeChanges {
    const updated = new Map<string, TreeNode>();
    const reordered: string[] = [];
    for (const [parent, before] of this.#told) {
      const now = compose(parent);
      const sameList = before.length === now.length && before.every(({ id }, index) => id === now[index]?.id);
      if (!sameList) reordered.push(parent);
      const known = new Map(before.map((node) => [node.id, node]));
      for (const node of now) {
        const old = known.get(node.id);
        if (old !== undefined && !isDeepStrictEqual(old, node)) updated.set(node.id, node);
      }
      this.#told.set(parent, now);
    }
    // A parent that is gone from its own parent's list is never asked for again.
    const alive = new Set(['', ...[...this.#told.values()].flatMap((nodes) => nodes.map(({ id }) => id))]);
    for (const parent of this.#told.keys()) if (!alive.has(parent)) this.#told.delete(parent);
    return { updated: [...updated.values()], reordered };
  }
}

import type { TreeNode } from '../../protocol/messages';

/**
 * The way to a partition in a tree, whatever the tree is grouped by: through nodes that are about its processor and its date.
 * @param children of a node, or of the root with `''`.
 * @param date ISO.
 * @returns ids from below the root; none where the tree does not have it.
 */
export function pathTo(children: (parent: string) => readonly TreeNode[], node: string, date: string): readonly string[] {
  const isOnTheWay = ({ target, ...rest }: TreeNode) =>
    target?.nodes?.includes(node) === true && (rest.children || isDate({ target, ...rest }, date)) && mayHold(target, date);
  const search = (parent: string): readonly string[] => {
    for (const child of children(parent)) {
      if (!isOnTheWay(child)) continue;
      if (!child.children) return [child.id];
      const rest = search(child.id);
      if (rest.length > 0) return [child.id, ...rest];
    }
    return [];
  };
  return search('');
}

function isDate({ target }: TreeNode, date: string): boolean {
  return target?.from === date && target.to === date;
}

function mayHold({ from, to, dates }: NonNullable<TreeNode['target']>, date: string): boolean {
  if (dates !== undefined) return dates.includes(date);
  return from === undefined || to === undefined || (from <= date && date <= to);
}

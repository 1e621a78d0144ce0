import type { TreeNode } from '../../protocol/messages';

type MessageParts = Pick<TreeNode, 'icon'> & Omit<Partial<TreeNode>, 'id' | 'label' | 'context' | 'icon'>;

/** A node that says something, such as what is wrong or left out, and stands for no partition. */
export function messageNode(id: string, label: string, parts: MessageParts): TreeNode {
  return {
    id,
    label,
    children: false,
    context: 'message',
    accessibilityLabel: parts.description === undefined ? label : `${label}, ${parts.description}`,
    ...parts,
  };
}

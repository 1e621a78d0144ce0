import type { NodeTarget } from '../protocol/targets';

/** A link that runs a command of the extension on a target; works only where the view trusts it. */
export function commandLink(text: string, command: string, target: NodeTarget): string {
  return `[${text}](command:${command}?${encodeURIComponent(JSON.stringify([target]))})`;
}

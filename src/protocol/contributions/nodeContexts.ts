/**
 * The `contextValue` of tree items is a kind followed by `+flags`, such as `partition+gap+log`; menus match it by `viewItem`.
 */
export type NodeKind =
  | 'phase'
  | 'season'
  | 'rootCause'
  /** Of a group what a filter shows. */
  | 'shown'
  | 'processor'
  | 'source'
  | 'month'
  | 'partition'
  | 'backfill'
  | 'pause'
  | 'silent'
  | 'growth'
  | 'elsewhere'
  | 'category'
  | 'finding'
  | 'cause'
  | 'message';
export type NodeFlag =
  | 'gap'
  | 'runnable'
  | 'log'
  | 'active'
  | 'waivable'
  | 'waived'
  | 'pausable'
  | 'resumable'
  | 'waitable'
  | 'cut';

/** Matches a kind of node that carries a flag. */
export function node(kinds: readonly NodeKind[], flag?: NodeFlag): string {
  return `viewItem =~ /^(${kinds.join('|')})\\b${flag === undefined ? '' : `.*\\+${flag}\\b`}/`;
}

import type { Snapshot, SnapshotChange } from './snapshot';

/** Extension to matrix webview. */
export type ToMatrix =
  | { readonly type: 'snapshot'; readonly snapshot: Snapshot }
  | { readonly type: 'change'; readonly change: SnapshotChange }
  | { readonly type: 'empty'; readonly message: string }
  | { readonly type: 'reveal'; readonly node: string; readonly date: string };

/** Matrix webview to extension. */
export type FromMatrix =
  | { readonly type: 'ready' }
  /** The webview holds another version than a change applies to. */
  | { readonly type: 'resync' }
  | { readonly type: 'explain'; readonly node: string; readonly date: string }
  | { readonly type: 'launch'; readonly node: string; readonly dates: readonly string[] };

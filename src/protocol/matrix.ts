import type { Snapshot, SnapshotChange } from './snapshot';

/** What the matrix does itself and VS Code's menus ask it for. */
export type MatrixTask = 'copyMarkdown' | 'copyCsv' | 'exportPng' | 'selectCause';

/** Extension to matrix webview. */
export type ToMatrix =
  | { readonly type: 'snapshot'; readonly snapshot: Snapshot }
  | { readonly type: 'change'; readonly change: SnapshotChange }
  | { readonly type: 'empty'; readonly message: string }
  | { readonly type: 'reveal'; readonly node: string; readonly date: string }
  | { readonly type: 'do'; readonly task: MatrixTask };

/** Matrix webview to extension. */
export type FromMatrix =
  | { readonly type: 'ready' }
  /** The webview holds another version than a change applies to. */
  | { readonly type: 'resync' }
  | { readonly type: 'explain'; readonly node: string; readonly date: string }
  | { readonly type: 'openLog'; readonly node: string; readonly date: string }
  /** Exactly these partitions, as the text of a selection (`base/selection`). */
  | { readonly type: 'launch'; readonly select: string }
  /** @param what is told when it is in the clipboard, such as `12 partitions as Markdown`. */
  | { readonly type: 'copy'; readonly text: string; readonly what: string }
  /** A picture to be saved where the person says. */
  | { readonly type: 'savePng'; readonly name: string; readonly data: Uint8Array };

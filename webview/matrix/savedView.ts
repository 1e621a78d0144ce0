/** What survives a reload of the window, and of a page that VS Code threw away because it was hidden. */
export interface SavedView {
  readonly level: number;
  readonly focus?: { readonly node?: string; readonly date: string };
  /** The date at the left edge, so that the place is kept when the pipeline grows, and how far down. */
  readonly scroll?: { readonly date: string; readonly y: number };
  /** The text of the selection. */
  readonly select?: string;
  readonly filter?: string;
  readonly onlyGaps?: boolean;
  /** Looks that are shown; all where it is absent. */
  readonly shown?: readonly string[];
  readonly causes?: boolean;
}

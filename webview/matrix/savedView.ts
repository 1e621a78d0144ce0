/** What survives a reload of the window, and of a page that VS Code threw away because it was hidden. */
export interface SavedView {
  readonly level?: number;
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

/** What another release may have written: whatever is not as it should be is left out. @param known the looks that there are. */
export function readSavedView(saved: unknown, known: readonly string[]): SavedView {
  if (!isRecord(saved)) return {};
  const { level, focus, scroll, select, filter, onlyGaps, shown, causes } = saved;
  const looks = Array.isArray(shown) ? known.filter((look) => shown.includes(look)) : [];
  return {
    ...(typeof level === 'number' && Number.isInteger(level) && { level }),
    ...(isRecord(focus) &&
      typeof focus['date'] === 'string' && {
        focus: { date: focus['date'], ...(typeof focus['node'] === 'string' && { node: focus['node'] }) },
      }),
    ...(isRecord(scroll) &&
      typeof scroll['date'] === 'string' &&
      typeof scroll['y'] === 'number' &&
      Number.isFinite(scroll['y']) && { scroll: { date: scroll['date'], y: scroll['y'] } }),
    ...(typeof select === 'string' && { select }),
    ...(typeof filter === 'string' && { filter }),
    ...(typeof onlyGaps === 'boolean' && { onlyGaps }),
    ...(looks.length > 0 && { shown: looks }),
    ...(typeof causes === 'boolean' && { causes }),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

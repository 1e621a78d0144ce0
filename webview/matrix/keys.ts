import { columnOf, gutterOf, type Hit, type MatrixLayout } from './layout';
import { moved } from './navigate';
import { levelOf, UNITS } from './zoom';

/** What keys and buttons do. */
export interface MatrixActions {
  readonly focusOn: (hit: Hit) => void;
  /** From where a selection began to here. */
  readonly extendTo: (hit: Hit) => void;
  /** Adds what is in focus to the selection, or takes it out. */
  readonly toggle: (hit: Hit) => void;
  readonly selectAll: () => void;
  readonly clear: () => void;
  readonly toGap: (step: 1 | -1) => void;
  readonly zoomTo: (level: number) => void;
  readonly explain: (hit: Hit) => void;
  readonly openLog: (hit: Hit) => void;
  readonly launch: () => void;
  readonly copy: (format: 'Markdown' | 'CSV') => void;
  readonly exportPng: () => void;
  readonly selectCause: (hit: Hit) => void;
  /** Back from the toolbar, to where keys work. */
  readonly toGrid: () => void;
  /** Puts the cursor into a field of the toolbar. */
  readonly goTo: (field: 'date' | 'filter' | 'select') => void;
}

/** Does what a key means while the matrix has the focus; false for a key that means nothing here. */
export function handleKey(event: KeyboardEvent, layout: MatrixLayout, at: Hit, level: number, actions: MatrixActions): boolean {
  const control = event.ctrlKey || event.metaKey;
  const target = targetOf(event, layout, at);
  if (target !== undefined) {
    if (event.shiftKey) actions.extendTo(target);
    else actions.focusOn(target);
    return true;
  }
  if (event.key === ' ') actions.toggle(at);
  else if (control && event.key === 'a') actions.selectAll();
  else if (event.altKey || control) return false;
  else return letter(event.key, at, level, actions);
  return true;
}

/** Where arrows, Home, End and the page keys lead. */
function targetOf(event: KeyboardEvent, layout: MatrixLayout, at: Hit): Hit | undefined {
  const { view, columns, lines } = layout;
  const control = event.ctrlKey || event.metaKey;
  const page = Math.max(1, Math.floor((view.width - gutterOf(view)) / view.zoom.width) - 1);
  switch (event.key) {
    case 'ArrowLeft':
      return moved(layout, at, control ? -page : -1, 0);
    case 'ArrowRight':
      return moved(layout, at, control ? page : 1, 0);
    case 'ArrowUp':
      return moved(layout, at, 0, control ? -lines.length : -1);
    case 'ArrowDown':
      return moved(layout, at, 0, control ? lines.length : 1);
    case 'PageUp':
      return moved(layout, at, -page, 0);
    case 'PageDown':
      return moved(layout, at, page, 0);
    case 'Home':
      return moved(layout, at, -columns, 0);
    case 'End':
      return moved(layout, at, columns - (columnOf(layout, at.day)?.index ?? 0), 0);
    default:
      return undefined;
  }
}

function letter(key: string, at: Hit, level: number, actions: MatrixActions): boolean {
  const does: Readonly<Record<string, () => void>> = {
    n: () => actions.toGap(1),
    N: () => actions.toGap(-1),
    '+': () => actions.zoomTo(level + 1),
    '=': () => actions.zoomTo(level + 1),
    '-': () => actions.zoomTo(level - 1),
    Enter: () => actions.explain(at),
    Escape: () => actions.clear(),
    l: () => actions.openLog(at),
    r: () => actions.launch(),
    c: () => actions.selectCause(at),
    m: () => actions.copy('Markdown'),
    v: () => actions.copy('CSV'),
    p: () => actions.exportPng(),
    g: () => actions.goTo('date'),
    f: () => actions.goTo('filter'),
    s: () => actions.goTo('select'),
    ...Object.fromEntries(UNITS.map((unit, index) => [String(index + 1), () => actions.zoomTo(levelOf(unit))])),
  };
  const action = does[key];
  action?.();
  return action !== undefined;
}

// biome-ignore-all lint/a11y/useSemanticElements: no table scrolls a million cells; the grid's rows are in its twin.
import type { RefObject, VNode } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { type Day, formatDay, parseDay } from '../../src/base/day';
import type { Snapshot } from '../../src/protocol/snapshot';
import { px } from '../shared/px';
import { usePalette } from '../shared/usePalette';
import { usePixelRatio } from '../shared/usePixelRatio';
import { paintInto } from './canvas';
import { gapIn, trailOf } from './causes';
import { handleKey, type MatrixActions } from './keys';
import {
  columnOf,
  gutterOf,
  type Hit,
  hitTest,
  isInSight,
  layoutMatrix,
  leftmost,
  type MatrixLayout,
  SIZE,
  type Spot,
  scrolledTo,
  scrollTo,
  spotAt,
} from './layout';
import { Overview } from './overviewStrip';
import { type Marks, paintMatrix } from './paint';
import { blockBetween, type Change, usePointing } from './pointing';
import type { SavedView } from './savedView';
import { type Block, isBlockSelected, type Selected, selectCells, withBlock } from './selected';
import type { Look } from './summary';
import { CellText, LineText, Tooltip } from './tooltip';
import { cellId, Twin } from './twin';
import { LEVELS, zoomAt } from './zoom';

interface Props {
  readonly snapshot: Snapshot;
  /** Those that are shown, in order. */
  readonly nodes: readonly number[];
  readonly level: number;
  readonly focus: Hit;
  readonly selected: Selected;
  readonly cause: number | undefined;
  readonly shown: ReadonlySet<Look> | undefined;
  readonly saved: SavedView['scroll'];
  readonly actions: Omit<MatrixActions, 'extendTo' | 'toggle' | 'selectAll'>;
  readonly onSelect: (cells: Uint8Array) => void;
  readonly onHover: (hit: Hit | undefined) => void;
  readonly onScrolled: (scroll: NonNullable<SavedView['scroll']>) => void;
  readonly gridRef: RefObject<HTMLDivElement | null>;
}

interface Pointer {
  /** Absent on a name. */
  readonly hit?: Hit;
  /** The line whose name it is on. */
  readonly line?: number;
  readonly x: number;
  readonly y: number;
}

/** A wheel's notch; trackpads send many small steps. */
const NOTCH = 60;

/**
 * The matrix and its overview strip. The canvas has the size of the viewport and sticks to it; what it sticks in has the size of the
 * content, so that scrolling is the browser's own. Scrolling paints without rendering anything else.
 */
export function MatrixCanvas(props: Props): VNode {
  const { snapshot, nodes, level, focus, selected, shown, actions } = props;
  const scroller = props.gridRef;
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [pointer, setPointer] = useState<Pointer>();
  const [preview, setPreview] = useState<Uint8Array>();
  const anchor = useRef<Spot | undefined>(undefined);
  const palette = usePalette();
  const ratio = usePixelRatio();
  const zoom = zoomAt(level);

  const { firstDay, dayCount, seasons, nodes: allNodes } = snapshot;
  // A change of cells changes no place.
  const laidOut = useMemo(
    () => layoutMatrix(snapshot, { ...size, zoom, scrollX: 0, scrollY: 0 }, nodes),
    [firstDay, dayCount, seasons, allNodes, size, zoom, nodes],
  );
  const layoutNow = (): MatrixLayout => scrolledTo(laidOut, scroller.current?.scrollLeft ?? 0, scroller.current?.scrollTop ?? 0);
  const layout = layoutNow();
  const firstOf = (hit: Hit): Day => columnOf(layout, hit.day)?.from ?? hit.day;
  const lastOf = (hit: Hit): Day => columnOf(layout, hit.day)?.to ?? hit.day;

  const at = pointer?.hit ?? focus;
  const gap = useMemo(() => gapIn(snapshot, { ...at, day: firstOf(at) }, lastOf(at)), [snapshot, at.node, at.day, level]);
  const trail = useMemo(() => (gap === undefined ? undefined : trailOf(snapshot, gap)), [snapshot, gap?.node, gap?.day]);
  const cells = preview ?? selected.cells;
  const marks: Marks = {
    hover: pointer?.hit,
    focus,
    trail: props.cause === undefined ? trail : undefined,
    cause: props.cause,
    selected: cells,
    shown,
  };

  const paintNow = (): void => {
    const now = layoutNow();
    paintInto(canvas.current, size.width, size.height, paintMatrix(snapshot, now, palette, marks), ratio);
    frame.current?.dispatchEvent(new CustomEvent('matrix-frame', { detail: now }));
    const left = leftmost(now);
    if (left !== undefined && size.width > 0) props.onScrolled({ date: formatDay(left.from), y: now.view.scrollY });
  };
  const painter = useRef(paintNow);
  painter.current = paintNow;
  const scheduled = useRef(0);
  const repaint = (): void => {
    if (scheduled.current !== 0) return;
    scheduled.current = requestAnimationFrame(() => {
      scheduled.current = 0;
      painter.current();
    });
  };
  useEffect(repaint);
  const onScroll = (): void => {
    repaint();
    // Something else is under the pointer now; nobody says what before it moves.
    if (pointer !== undefined && !pointingNow.current.isDragging) point(undefined);
  };
  useEffect(() => () => cancelAnimationFrame(scheduled.current), []);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setSize({ width: element.clientWidth, height: element.clientHeight }));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  // Keys work from the first moment, unless somebody is elsewhere in the page.
  useLayoutEffect(() => {
    const take = (): void => {
      if (document.activeElement === document.body) scroller.current?.focus({ preventScroll: true });
    };
    if (document.hasFocus()) take();
    window.addEventListener('focus', take);
    return () => window.removeEventListener('focus', take);
  }, []);

  // Where it was scrolled to before a reload, as soon as there is room; another size leaves it where it is.
  const restore = useRef(props.saved);
  const hasRoom = size.width > 0;
  // The date under the pointer stays there when the zoom changes; else the focus stays in view.
  const zoomed = useRef<{ readonly day: Day; readonly x: number } | undefined>(undefined);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null || !hasRoom) return;
    const day = restore.current === undefined ? undefined : parseDay(restore.current.date);
    const kept = zoomed.current;
    zoomed.current = undefined;
    const column = day === undefined ? undefined : columnOf(layout, day);
    if (restore.current !== undefined && column !== undefined) element.scrollTo(column.x, restore.current.y);
    else if (kept !== undefined) element.scrollTo((columnOf(layout, kept.day)?.x ?? 0) - kept.x, element.scrollTop);
    else {
      const target = scrollTo(layout, focus);
      element.scrollTo(target.scrollX, target.scrollY);
    }
    restore.current = undefined;
  }, [focus, level, hasRoom]);
  // What was in sight is so in a smaller panel, too.
  const sized = useRef(size);
  useLayoutEffect(() => {
    const before = { ...layout, view: { ...layout.view, ...sized.current } };
    const shown = sized.current.width > 0 && isInSight(before, focus);
    sized.current = size;
    const target = scrollTo(layout, focus);
    if (shown && !isInSight(layout, focus)) scroller.current?.scrollTo(target.scrollX, target.scrollY);
  }, [size]);

  const blockAt = (from: Spot, to: Spot): Block => blockBetween(snapshot, layoutNow(), from, to);
  const change = (block: Block, how: Change, isFinal: boolean): void => {
    const before = how === 'replace' ? undefined : selected.cells;
    const next = withBlock(snapshot, before, block, how === 'remove' ? 0 : 1);
    setPreview(isFinal ? undefined : next);
    if (isFinal) props.onSelect(next);
  };
  const pointing = usePointing(snapshot, layoutNow, anchor, {
    focusOn: actions.focusOn,
    select: change,
    isSelected: (block) => isBlockSelected(snapshot, selected.cells, block),
  });
  const pointingNow = useRef(pointing);
  const all: MatrixActions = {
    ...actions,
    focusOn: (hit) => {
      anchor.current = spotOf(hit);
      actions.focusOn(hit);
    },
    extendTo: (hit) => {
      anchor.current ??= spotOf(focus);
      actions.focusOn(hit);
      change(blockAt(anchor.current, spotOf(hit)), 'replace', true);
    },
    toggle: (hit) => {
      anchor.current = spotOf(hit);
      const block = blockAt(spotOf(hit), spotOf(hit));
      change(block, isBlockSelected(snapshot, selected.cells, block) ? 'remove' : 'add', true);
    },
    selectAll: () => {
      const { segments } = layout;
      change({ nodes, from: segments[0]?.firstDay ?? 0, to: segments.at(-1)?.lastDay ?? 0 }, 'replace', true);
    },
  };

  const wheel = useRef(0);
  const onWheel = (event: WheelEvent): void => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    wheel.current += event.deltaY;
    if (Math.abs(wheel.current) < NOTCH) return;
    const step = wheel.current < 0 ? 1 : -1;
    wheel.current = 0;
    const { x, y } = within(event);
    if (level + step < 0 || level + step >= LEVELS.length) return;
    const hit = hitTest(layoutNow(), x, Math.max(y, SIZE.ticks + 1));
    if (hit !== undefined) zoomed.current = { day: hit.day, x: x - gutterOf(size) };
    actions.zoomTo(level + step);
  };
  const wheeler = useRef(onWheel);
  wheeler.current = onWheel;
  useEffect(() => {
    const listener = (event: WheelEvent): void => wheeler.current(event);
    const element = scroller.current;
    // Not passive: the page is not to be zoomed.
    element?.addEventListener('wheel', listener, { passive: false });
    return () => element?.removeEventListener('wheel', listener);
  }, []);

  const point = (next: Pointer | undefined): void => {
    setPointer(next);
    props.onHover(next?.hit);
  };
  pointingNow.current = pointing;
  // Lines and dates of another pipeline: what was dragged and pointed at is gone.
  useLayoutEffect(() => {
    pointingNow.current.cancel();
    anchor.current = undefined;
    setPreview(undefined);
    point(undefined);
  }, [allNodes, firstDay, dayCount]);
  return (
    <>
      <Overview
        snapshot={snapshot}
        width={size.width}
        palette={palette}
        frameRef={frame}
        onDay={(day) => {
          const x = columnOf(layout, day)?.x;
          if (x !== undefined) scroller.current?.scrollTo({ left: x - (size.width - gutterOf(size)) / 2 });
        }}
      />
      <div
        ref={scroller}
        class="scroller"
        tabIndex={0}
        role="grid"
        aria-label={`Gap matrix of ${snapshot.pipeline}`}
        aria-description="Arrows move, Shift with arrows selects, Space adds, N goes to the next gap, Enter explains"
        aria-multiselectable="true"
        aria-rowcount={nodes.length + 2}
        aria-colcount={layout.columns + 1}
        aria-activedescendant={cellId(layout, focus)}
        onScroll={onScroll}
        onKeyDown={(event) => {
          if (handleKey(event, layoutNow(), focus, level, all)) event.preventDefault();
        }}
        onPointerDown={(event) => {
          const { x, y } = within(event);
          // The scrollbars are the browser's.
          if (x >= size.width || y >= size.height) return;
          if (pointingNow.current.down(event, x, y)) event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={(event) => {
          const { x, y } = within(event);
          if (pointingNow.current.isDragging) {
            edgeScroll(event.currentTarget, x, y, size);
            pointingNow.current.move(x, y);
            point(undefined);
            return;
          }
          const spot = spotAt(layoutNow(), x, y);
          const hit = hitTest(layoutNow(), x, y);
          const what = spot?.kind === 'node' ? { line: spot.node } : hit === undefined ? undefined : { hit };
          point(what === undefined ? undefined : { ...what, x: event.clientX, y: event.clientY });
        }}
        onPointerUp={(event) => {
          const { x, y } = within(event);
          if (pointingNow.current.isDragging) pointingNow.current.up(x, y);
        }}
        onPointerCancel={() => {
          pointingNow.current.cancel();
          setPreview(undefined);
        }}
        onPointerLeave={() => point(undefined)}
        onDblClick={(event) => {
          const { x, y } = within(event);
          const hit = hitTest(layoutNow(), x, y);
          if (hit?.node !== undefined) actions.explain(hit);
        }}
        onContextMenu={(event) => {
          point(undefined);
          const { x, y } = within(event);
          // The menu key opens it at the focus; a button where it is, before the page has drawn what it selects.
          const hit = event.button === 2 ? hitTest(layoutNow(), x, y) : focus;
          if (hit === undefined) {
            event.currentTarget.dataset['vscodeContext'] = JSON.stringify(AWAY);
            return;
          }
          const to = lastOf(hit);
          const block = { nodes: hit.node === undefined ? [] : [hit.node], from: hit.day, to };
          const kept = isBlockSelected(snapshot, selected.cells, block);
          const { text } = kept ? selected : selectCells(snapshot, withBlock(snapshot, undefined, block, 1));
          event.currentTarget.dataset['vscodeContext'] = JSON.stringify(contextOf(snapshot, hit, to, text));
        }}
      >
        <div
          class="content"
          aria-hidden="true"
          style={{ width: px(layout.contentWidth + gutterOf(size)), height: px(layout.contentHeight + SIZE.header) }}
        >
          <canvas ref={canvas} class="cells" style={{ width: px(size.width), height: px(size.height) }} />
        </div>
        <Twin snapshot={snapshot} layout={layout} focus={focus} selected={cells} />
      </div>
      {pointer === undefined ? null : (
        <Tooltip x={pointer.x} y={pointer.y}>
          {pointer.line === undefined ? null : <LineText snapshot={snapshot} node={pointer.line} />}
          {pointer.hit === undefined ? null : <CellText snapshot={snapshot} hit={pointer.hit} to={lastOf(pointer.hit)} />}
        </Tooltip>
      )}
    </>
  );
}

function within(event: MouseEvent & { readonly currentTarget: EventTarget | null }): { readonly x: number; readonly y: number } {
  const element = event.currentTarget;
  if (!(element instanceof HTMLElement)) return { x: 0, y: 0 };
  const box = element.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
}

/** A drag that reaches an edge goes on beyond it. */
function edgeScroll(element: HTMLElement, x: number, y: number, size: { readonly width: number; readonly height: number }): void {
  const step = (position: number, low: number, high: number): number => (position < low ? -24 : position > high ? 24 : 0);
  element.scrollBy(step(x, gutterOf(size) + 8, size.width - 24), step(y, SIZE.header + 8, size.height - 16));
}

function spotOf({ node, day }: Hit): Spot {
  return node === undefined ? { kind: 'date', day } : { kind: 'cell', node, day };
}

/** The menu of names, ticks and what is between seasons: nothing of an editor is in it. */
const AWAY = { preventDefaultContextMenuItems: true, webviewSection: 'matrix' };

/** What VS Code's menu of a cell goes by: its commands take it as their target. */
function contextOf(snapshot: Snapshot, { node, day }: Hit, to: Day, select: string) {
  const id = node === undefined ? undefined : snapshot.nodes[node]?.id;
  return {
    ...AWAY,
    webviewSection: id === undefined ? 'dates' : 'partition',
    matrixHasSelection: select !== '',
    ...(id === undefined ? {} : { nodes: [id], from: formatDay(day), to: formatDay(to) }),
    ...(select === '' ? {} : { select }),
  };
}

import type { VNode } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Snapshot } from '../../src/protocol/snapshot';
import { px } from '../shared/px';
import { CellTooltip } from './cellTooltip';
import { draw } from './draw';
import { type Hit, hitTest, layoutMatrix, type MatrixLayout, SIZE, scrollTo, type View, xOfDay } from './layout';
import { dayInOverview, paintOverview } from './overview';
import { paintMatrix } from './paint';
import type { PaintOp } from './paintOp';
import type { Palette } from './palette';
import { readPalette } from './readPalette';

interface Props {
  readonly snapshot: Snapshot;
  readonly cellWidth: number;
  readonly focus: Hit | undefined;
  readonly onFocus: (hit: Hit) => void;
  readonly onExplain: (hit: Hit) => void;
  readonly onZoom: (step: number) => void;
  readonly onNextGap: (step: 1 | -1) => void;
}

interface Pointer {
  readonly hit: Hit;
  readonly x: number;
  readonly y: number;
}

/** Room below the strip for the names of the seasons. */
const OVERVIEW_HEIGHT = SIZE.overview + 16;

/**
 * The matrix and its overview strip. The canvas has the size of the viewport and sticks to it; what it sticks in has the size of the
 * content, so that scrolling is the browser's own.
 */
export function MatrixCanvas(props: Props): VNode {
  const { snapshot, cellWidth, focus } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const overview = useRef<HTMLCanvasElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [scroll, setScroll] = useState({ x: 0, y: 0 });
  const [pointer, setPointer] = useState<Pointer>();
  const palette = usePalette();

  const view: View = { ...size, cellWidth, scrollX: scroll.x, scrollY: scroll.y };
  const layout = layoutMatrix(snapshot, view);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setSize({ width: element.clientWidth, height: element.clientHeight }));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  // The focus stays in view when it moves, when the zoom changes and when the panel gets its size.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null || focus === undefined || size.width === 0) return;
    const target = scrollTo(layout, focus);
    element.scrollTo(target.scrollX, target.scrollY);
  }, [focus, cellWidth, size.width, size.height]);

  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      paint(canvas.current, size.width, size.height, paintMatrix(snapshot, layout, palette, { hover: pointer?.hit, focus }));
      paint(overview.current, size.width, OVERVIEW_HEIGHT, paintOverview(snapshot, layout, palette));
    });
    return () => cancelAnimationFrame(frame);
  });

  const onKeyDown = (event: KeyboardEvent): void => {
    if (handleKey(event, props, layout)) event.preventDefault();
  };
  const scrollToDay = (x: number): void => {
    const day = dayInOverview(snapshot, size.width, x);
    const left = day === undefined ? undefined : xOfDay(layout.segments, cellWidth, day);
    if (left !== undefined) scroller.current?.scrollTo({ left: left - (size.width - SIZE.gutter) / 2 });
  };
  return (
    <>
      <canvas
        ref={overview}
        class="overview"
        style={{ height: px(OVERVIEW_HEIGHT) }}
        role="img"
        aria-label="Overview of all seasons"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          scrollToDay(event.offsetX);
        }}
        onPointerMove={(event) => {
          if (event.buttons === 1) scrollToDay(event.offsetX);
        }}
      />
      <div
        ref={scroller}
        class="scroller"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the matrix is operated by keyboard; its cells are announced below it.
        tabIndex={0}
        role="application"
        aria-label={`Gap matrix of ${snapshot.pipeline}: arrows move, N goes to the next gap, Enter explains`}
        onScroll={(event) => setScroll({ x: event.currentTarget.scrollLeft, y: event.currentTarget.scrollTop })}
        onKeyDown={onKeyDown}
        onPointerMove={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          const x = event.clientX - box.left;
          const y = event.clientY - box.top;
          const hit = hitTest(layout, x, y);
          setPointer(hit === undefined ? undefined : { hit, x: event.clientX, y: event.clientY });
        }}
        onPointerLeave={() => setPointer(undefined)}
        onClick={() => {
          if (pointer === undefined) return;
          props.onFocus(pointer.hit);
          props.onExplain(pointer.hit);
        }}
      >
        <div
          class="content"
          style={{ width: px(layout.contentWidth + SIZE.gutter), height: px(layout.contentHeight + SIZE.header) }}
        >
          <canvas ref={canvas} class="cells" style={{ width: px(size.width), height: px(size.height) }} />
        </div>
        {pointer === undefined ? null : <CellTooltip snapshot={snapshot} hit={pointer.hit} x={pointer.x} y={pointer.y} />}
      </div>
    </>
  );
}

function handleKey(event: KeyboardEvent, props: Props, layout: MatrixLayout): boolean {
  const { snapshot, focus } = props;
  const at: Hit = focus ?? { day: snapshot.firstDay };
  switch (event.key) {
    case 'ArrowLeft':
      return moveDay(props, layout, at, -1);
    case 'ArrowRight':
      return moveDay(props, layout, at, 1);
    case 'ArrowUp':
      if (at.node !== undefined) props.onFocus(at.node === 0 ? { day: at.day } : { ...at, node: at.node - 1 });
      return true;
    case 'ArrowDown':
      if (at.node === undefined) props.onFocus({ ...at, node: 0 });
      else if (at.node < snapshot.nodes.length - 1) props.onFocus({ ...at, node: at.node + 1 });
      return true;
    case 'n':
      props.onNextGap(1);
      return true;
    case 'N':
      props.onNextGap(-1);
      return true;
    case '+':
    case '=':
      props.onZoom(1);
      return true;
    case '-':
      props.onZoom(-1);
      return true;
    case 'Enter':
      props.onExplain(at);
      return true;
    default:
      return false;
  }
}

/** The neighbouring date that the matrix shows: steps over the time between seasons. */
function moveDay(props: Props, layout: MatrixLayout, at: Hit, step: 1 | -1): boolean {
  const { firstDay, dayCount } = props.snapshot;
  for (let day = at.day + step; day >= firstDay && day < firstDay + dayCount; day += step) {
    if (xOfDay(layout.segments, layout.view.cellWidth, day) !== undefined) {
      props.onFocus({ ...at, day });
      break;
    }
  }
  return true;
}

function paint(canvas: HTMLCanvasElement | null, width: number, height: number, ops: readonly PaintOp[]): void {
  const context = canvas?.getContext('2d');
  if (canvas === null || context === null || context === undefined || width === 0) return;
  const scale = window.devicePixelRatio;
  const deviceWidth = Math.round(width * scale);
  const deviceHeight = Math.round(height * scale);
  // Setting the size clears the canvas and costs memory: only when it really changes.
  if (canvas.width !== deviceWidth || canvas.height !== deviceHeight) {
    canvas.width = deviceWidth;
    canvas.height = deviceHeight;
  }
  context.setTransform(scale, 0, 0, scale, 0, 0);
  draw(context, ops);
}

/** The theme's colours, read again when VS Code changes the theme. */
function usePalette(): Palette {
  const [palette, setPalette] = useState(() => readPalette(document.body));
  useEffect(() => {
    const observer = new MutationObserver(() => setPalette(readPalette(document.body)));
    observer.observe(document.body, { attributes: true, attributeFilter: ['class'] });
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
    return () => observer.disconnect();
  }, []);
  return palette;
}

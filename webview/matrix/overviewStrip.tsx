import type { RefObject, VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Day } from '../../src/base/day';
import type { Snapshot } from '../../src/protocol/snapshot';
import type { Palette } from '../shared/palette';
import { px } from '../shared/px';
import { paintInto } from './canvas';
import { type MatrixLayout, SIZE } from './layout';
import { dayInOverview, frameInOverview, paintOverview } from './overview';

/** The strip, and the names of the seasons below it. */
const HEIGHT = SIZE.overview + SIZE.seasons;

interface Props {
  readonly snapshot: Snapshot;
  readonly width: number;
  readonly palette: Palette;
  /** Takes `matrix-frame` events with the layout that is shown. */
  readonly frameRef: RefObject<HTMLDivElement | null>;
  readonly onDay: (day: Day) => void;
}

/** All seasons at once; the frame is what the matrix shows of them. Painted when the coverage changes, never by scrolling. */
export function Overview({ snapshot, width, palette, frameRef, onDay }: Props): VNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    paintInto(canvas.current, width, HEIGHT, paintOverview(snapshot, width, palette));
  }, [snapshot, width, palette]);
  useEffect(() => {
    const element = frameRef.current;
    const place = (event: Event): void => {
      if (element === null || !(event instanceof CustomEvent)) return;
      const frame = frameInOverview(snapshot, event.detail as MatrixLayout);
      element.style.transform = `translateX(${px(frame.x)})`;
      element.style.width = px(frame.width);
    };
    element?.addEventListener('matrix-frame', place);
    return () => element?.removeEventListener('matrix-frame', place);
  }, [snapshot]);
  const goTo = (x: number): void => {
    const day = dayInOverview(snapshot, width, x);
    if (day !== undefined) onDay(day);
  };
  return (
    <div
      class="overview"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        goTo(event.clientX - event.currentTarget.getBoundingClientRect().left);
      }}
      onPointerMove={(event) => {
        if (event.buttons === 1) goTo(event.clientX - event.currentTarget.getBoundingClientRect().left);
      }}
    >
      <canvas ref={canvas} role="img" aria-label="Overview of all seasons" style={{ width: px(width), height: px(HEIGHT) }} />
      <div ref={frameRef} class="frame" style={{ height: px(SIZE.overview) }} />
    </div>
  );
}

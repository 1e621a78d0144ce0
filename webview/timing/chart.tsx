import type { VNode } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { TimingChart } from '../../src/protocol/timing';
import { px } from '../shared/px';
import { usePalette } from '../shared/usePalette';
import { drawChart } from './drawChart';
import { hitTest, layoutOf, scrollTo } from './layout';
import { paintChart } from './paint';
import { describeDate } from './words';

interface Props {
  readonly chart: TimingChart;
  readonly barWidth: number;
  readonly selected: number | undefined;
  readonly onSelect: (index: number) => void;
  readonly onExplain: (index: number) => void;
  readonly onKey: (key: string) => void;
}

const HEIGHT = 300;

/** The dates of a processor on a canvas of the size of the panel; what is scrolled is only how far. */
export function Chart({ chart, barWidth, selected, onSelect, onExplain, onKey }: Props): VNode {
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const palette = usePalette();
  const [width, setWidth] = useState(800);
  const [hover, setHover] = useState<{ readonly index: number; readonly x: number; readonly y: number }>();
  const layout = layoutOf(chart, barWidth, HEIGHT, width);
  const paint = useRef<(() => void) | undefined>(undefined);
  paint.current = () => {
    const context = canvas.current?.getContext('2d');
    if (canvas.current === null || context === null || context === undefined) return;
    const ratio = window.devicePixelRatio;
    const size = { width: Math.round(width * ratio), height: Math.round(HEIGHT * ratio) };
    if (canvas.current.width !== size.width || canvas.current.height !== size.height) Object.assign(canvas.current, size);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const scroll = scroller.current?.scrollLeft ?? 0;
    drawChart(context, paintChart(chart, layout, { width, height: HEIGHT, scroll }, palette, selected));
  };
  useLayoutEffect(() => paint.current?.());
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    let frame = 0;
    const scrolled = (): void => {
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        paint.current?.();
      });
      setHover(undefined);
    };
    element.addEventListener('scroll', scrolled, { passive: true });
    return () => {
      observer.disconnect();
      cancelAnimationFrame(frame);
      element.removeEventListener('scroll', scrolled);
    };
  }, []);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null || selected === undefined) return;
    element.scrollLeft = scrollTo(layout, selected, { width, height: HEIGHT, scroll: element.scrollLeft });
  }, [selected, barWidth, width, chart.processor]);
  const at = (event: MouseEvent): number | undefined => {
    const box = canvas.current?.getBoundingClientRect();
    const scroll = scroller.current?.scrollLeft ?? 0;
    if (box === undefined) return undefined;
    return hitTest(layout, chart.days.length, event.clientX - box.left, event.clientY - box.top, {
      width,
      height: HEIGHT,
      scroll,
    });
  };
  return (
    <div
      class="scroller"
      ref={scroller}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the chart is operated by keyboard; its date is announced below it.
      tabIndex={0}
      role="application"
      aria-label={`Times of ${chart.processor} by date. Arrows move the date, N goes to what stands out, Enter explains it, L opens its log.`}
      aria-describedby="selected"
      onKeyDown={(event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        if (/^(Arrow(Left|Right)|Page(Up|Down)|Home|End|Enter|[nNlL+=-])$/.test(event.key)) {
          event.preventDefault();
          onKey(event.key);
        }
      }}
    >
      <div style={{ width: px(layout.width), minWidth: '100%' }}>
        <canvas
          ref={canvas}
          class="plot"
          style={{ width: px(width), height: px(HEIGHT) }}
          onMouseMove={(event) => {
            const index = at(event);
            setHover(index === undefined ? undefined : { index, x: event.clientX, y: event.clientY });
          }}
          onMouseLeave={() => setHover(undefined)}
          onClick={(event) => {
            const index = at(event);
            if (index !== undefined) onSelect(index);
          }}
          onDblClick={(event) => {
            const index = at(event);
            if (index !== undefined) onExplain(index);
          }}
        />
      </div>
      {hover === undefined ? null : <Hover chart={chart} {...hover} />}
    </div>
  );
}

/** Beside the pointer, and always whole within the panel. */
function Hover({ chart, index, x, y }: { chart: TimingChart; index: number; x: number; y: number }): VNode {
  const element = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState({ left: 0, top: 0 });
  const { title, facts } = describeDate(chart, index);
  useLayoutEffect(() => {
    const box = element.current;
    if (box === null) return;
    const left = x + 16 + box.offsetWidth > window.innerWidth ? x - 12 - box.offsetWidth : x + 16;
    const top = Math.min(y + 16, window.innerHeight - box.offsetHeight - 4);
    setPlace({ left: Math.max(4, left), top: Math.max(4, top) });
  }, [x, y]);
  return (
    <div class="tooltip" ref={element} style={{ left: px(place.left), top: px(place.top) }} role="presentation">
      <strong>{title}</strong>
      {facts.map((fact) => (
        <p key={fact}>{fact}</p>
      ))}
    </div>
  );
}

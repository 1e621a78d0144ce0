import type { VNode } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { formatDay, parseDay } from '../../src/base/day';
import { formatInstant } from '../../src/base/figures';
import type { FromTiming, TimingChart, TimingSnapshot, ToTiming } from '../../src/protocol/timing';
import type { Host } from '../shared/host';
import { Chart } from './chart';
import { BAR_WIDTHS } from './layout';
import { Legend, Marks, Ranking, Sessions, WhatIf, Whole } from './parts';
import { Twin } from './twin';
import { describeDate } from './words';

/** What survives a reload of the window. */
export interface SavedTiming {
  readonly processor?: string;
  readonly date?: string;
  readonly zoom: number;
  readonly atOnce?: number;
  readonly table?: boolean;
}

const REGULAR = 2;
const PAGE = 20;

export function TimingApp({ host }: { host: Host<FromTiming, ToTiming, SavedTiming> }): VNode {
  const saved = host.savedState;
  const [timing, setTiming] = useState<TimingSnapshot>();
  const [message, setMessage] = useState('Reading how long things took…');
  const [zoom, setZoom] = useState(saved?.zoom ?? REGULAR);
  const [day, setDay] = useState(saved?.date === undefined ? undefined : parseDay(saved.date));
  const [atOnce, setAtOnce] = useState(saved?.atOnce);
  const [table, setTable] = useState(saved?.table ?? false);
  const wanted = useRef(saved?.processor);

  useLayoutEffect(() => {
    const stop = host.listen((incoming) => {
      if (incoming.type === 'empty') {
        // What was good stays in sight, with what is wrong now.
        setTiming((last) => (last === undefined ? undefined : { ...last, problem: incoming.message }));
        setMessage(incoming.message);
      } else if (incoming.type === 'timing') {
        setTiming(incoming.timing);
        wanted.current = incoming.timing.chart?.processor;
      } else if (incoming.date !== undefined) setDay(parseDay(incoming.date));
    });
    host.post({ type: 'ready', ...(wanted.current !== undefined && { processor: wanted.current }) });
    return stop;
  }, [host]);

  const chart = timing?.chart;
  const processor = chart?.processor;
  // With what is shown, not after the next frame: a window may be reloaded at any moment.
  useLayoutEffect(() => {
    if (processor === undefined) return;
    host.save({
      processor,
      zoom,
      table,
      ...(day !== undefined && { date: formatDay(day) }),
      ...(atOnce !== undefined && { atOnce }),
    });
  }, [host, processor, zoom, day, atOnce, table]);

  if (timing === undefined) return <p class="empty">{message}</p>;
  if (chart === undefined)
    return (
      <main class="empty">
        <h1>{timing.pipeline}: no run is known</h1>
        <p>
          Times come from backfills, and from the run history that the manifest names (history). Launch a backfill, and each date
          that ends is here.
        </p>
        {timing.problem === undefined ? null : <p class="problem">{timing.problem}</p>}
      </main>
    );
  const selected = indexOfDay(chart, day);
  const date = formatDay(chart.days[selected] ?? 0);
  const explain = (index: number): void =>
    host.post({ type: 'explain', processor: chart.processor, date: formatDay(chart.days[index] ?? 0) });
  const openLog = (): void => host.post({ type: 'openLog', processor: chart.processor, date });
  const zoomBy = (step: number): void => setZoom(Math.min(BAR_WIDTHS.length - 1, Math.max(0, zoom + step)));
  const goTo = (index: number): void => setDay(chart.days[Math.min(chart.days.length - 1, Math.max(0, index))]);
  const onKey = (key: string): void => {
    const steps: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, PageUp: -PAGE, PageDown: PAGE };
    const step = steps[key];
    if (step !== undefined) goTo(selected + step);
    else if (key === 'Home') goTo(0);
    else if (key === 'End') goTo(chart.days.length - 1);
    else if (key === 'Enter') explain(selected);
    else if (key === 'l' || key === 'L') openLog();
    else if (key === '+' || key === '=') zoomBy(1);
    else if (key === '-') zoomBy(-1);
    else setDay(nextMark(chart, selected, key === 'n' ? 1 : -1));
  };
  const { title, facts } = describeDate(chart, selected);
  return (
    <main class="page">
      <header class="toolbar">
        <h1>{timing.pipeline}</h1>
        <span class="age">as of {formatInstant(timing.asOf)}</span>
        <span class="spring" />
        <button
          type="button"
          class="icon"
          title="Zoom out (-)"
          aria-label="Zoom out"
          disabled={zoom === 0}
          onClick={() => zoomBy(-1)}
        >
          <i class="codicon codicon-zoom-out" />
        </button>
        <button
          type="button"
          class="icon"
          title="Zoom in (+)"
          aria-label="Zoom in"
          disabled={zoom === BAR_WIDTHS.length - 1}
          onClick={() => zoomBy(1)}
        >
          <i class="codicon codicon-zoom-in" />
        </button>
      </header>
      {timing.problem === undefined ? null : (
        <p class="problem" role="status">
          <i class="codicon codicon-warning" /> {timing.problem}
        </p>
      )}
      <Whole left={timing.left} />
      <div class="columns">
        <Ranking
          rows={timing.processors}
          shown={chart.processor}
          onChoose={(name) => {
            setAtOnce(undefined);
            host.post({ type: 'select', processor: name });
          }}
        />
        <section class="detail" aria-label={chart.processor}>
          <h2>{chart.processor}</h2>
          <p class="summary">{chart.summary}</p>
          <Marks chart={chart} onGo={setDay} />
          {chart.left === undefined ? null : (
            <WhatIf left={chart.left} atOnce={atOnce ?? chart.left.slots} onChange={setAtOnce} />
          )}
          <Chart
            chart={chart}
            barWidth={BAR_WIDTHS[zoom] ?? BAR_WIDTHS[REGULAR]}
            selected={selected}
            onSelect={goTo}
            onExplain={explain}
            onKey={onKey}
          />
          <div class="selected">
            <p id="selected" aria-live="polite">
              <strong>{title}</strong>
              {facts.map((fact) => (
                <span key={fact}> · {fact}</span>
              ))}
            </p>
            <button type="button" title="Explain this date (Enter)" onClick={() => explain(selected)}>
              <i class="codicon codicon-question" /> Explain
            </button>
            <button type="button" title="Open its log (L)" onClick={openLog}>
              <i class="codicon codicon-output" /> Open Log
            </button>
          </div>
          <Legend chart={chart} />
          <Sessions chart={chart} />
          <Twin chart={chart} selected={selected} open={table} onToggle={setTable} />
        </section>
      </div>
    </main>
  );
}

/** The date, or the last one before it; without a date the newest. */
function indexOfDay({ days }: TimingChart, day: number | undefined): number {
  if (day === undefined) return days.length - 1;
  const after = days.findIndex((one) => one > day);
  return after < 0 ? days.length - 1 : Math.max(0, after - 1);
}

/** The day of the next thing that stands out, around the ends. */
function nextMark({ days, marks }: TimingChart, selected: number, step: 1 | -1): number | undefined {
  const all = [...new Set(marks.map(({ day }) => day))].sort((a, b) => a - b);
  const now = days[selected] ?? 0;
  if (all.length === 0) return now;
  return step === 1 ? (all.find((day) => day > now) ?? all[0]) : (all.findLast((day) => day < now) ?? all.at(-1));
}

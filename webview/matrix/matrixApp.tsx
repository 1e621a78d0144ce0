import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Day, formatDay, parseDay } from '../../src/base/day';
import { applyChange } from '../../src/protocol/applyChange';
import type { FromMatrix, ToMatrix } from '../../src/protocol/matrix';
import type { Snapshot } from '../../src/protocol/snapshot';
import type { Host } from '../shared/host';
import { describe, sentence } from './describe';
import { CELL_WIDTHS, type Hit } from './layout';
import { Legend } from './legend';
import { MatrixCanvas } from './matrixCanvas';
import { nextGap } from './navigate';

/** What survives a reload of the window. */
export interface SavedView {
  readonly cellWidth: number;
  /** The left edge's date, so that the place is kept when the pipeline grows. */
  readonly focus?: { readonly node?: string; readonly date: string };
}

const REGULAR = CELL_WIDTHS[3];

export function MatrixApp({ host }: { host: Host<FromMatrix, ToMatrix, SavedView> }): VNode {
  const [snapshot, setSnapshot] = useState<Snapshot | undefined>(undefined);
  const [message, setMessage] = useState('Reading coverage…');
  const [cellWidth, setCellWidth] = useState<number>(host.savedState?.cellWidth ?? REGULAR);
  const [focus, setFocus] = useState<Hit>();
  const current = useRef<Snapshot | undefined>(undefined);
  const wanted = useRef(host.savedState?.focus);

  useEffect(() => {
    const stop = host.listen((incoming) => {
      if (incoming.type === 'empty') {
        current.current = undefined;
        setSnapshot(undefined);
        setMessage(incoming.message);
        return;
      }
      if (incoming.type === 'reveal') {
        const target = hitOf(current.current, incoming.node, incoming.date);
        if (target === undefined) wanted.current = { node: incoming.node, date: incoming.date };
        else setFocus(target);
        return;
      }
      const first = current.current === undefined;
      const next =
        incoming.type === 'snapshot'
          ? incoming.snapshot
          : current.current === undefined
            ? undefined
            : applyChange(current.current, incoming.change);
      if (next === undefined) {
        host.post({ type: 'resync' });
        return;
      }
      current.current = next;
      setSnapshot(next);
      if (first) setFocus(startOf(next, wanted.current));
    });
    host.post({ type: 'ready' });
    return stop;
  }, [host]);

  useEffect(() => {
    const node = focus?.node === undefined ? undefined : snapshot?.nodes[focus.node]?.id;
    host.save({
      cellWidth,
      ...(focus === undefined ? {} : { focus: { ...(node === undefined ? {} : { node }), date: formatDay(focus.day) } }),
    });
  }, [host, snapshot, cellWidth, focus]);

  if (snapshot === undefined) return <p class="empty">{message}</p>;
  const zoom = CELL_WIDTHS.findIndex((width) => width >= cellWidth);
  const zoomTo = (step: number): void => {
    setCellWidth(CELL_WIDTHS[Math.min(CELL_WIDTHS.length - 1, Math.max(0, zoom + step))] ?? REGULAR);
  };
  const moveToGap = (step: 1 | -1): void => {
    const gap = nextGap(snapshot, focus, step);
    if (gap !== undefined) setFocus(gap);
  };
  const explain = (hit: Hit): void => {
    const node = hit.node === undefined ? undefined : snapshot.nodes[hit.node];
    if (node !== undefined) host.post({ type: 'explain', node: node.id, date: formatDay(hit.day) });
  };
  return (
    <main class="matrix">
      <header class="toolbar">
        <h1>{snapshot.pipeline}</h1>
        <span class="gaps">{gapsText(snapshot.gaps)}</span>
        <span class="age">{ageText(snapshot)}</span>
        <span class="spring" />
        <button type="button" title="Previous gap (Shift+N)" disabled={snapshot.gaps === 0} onClick={() => moveToGap(-1)}>
          <i class="codicon codicon-arrow-left" /> Previous gap
        </button>
        <button type="button" title="Next gap (N)" disabled={snapshot.gaps === 0} onClick={() => moveToGap(1)}>
          Next gap <i class="codicon codicon-arrow-right" />
        </button>
        <label class="jump">
          Go to
          <input
            type="date"
            value={focus === undefined ? '' : formatDay(focus.day)}
            min={formatDay(snapshot.firstDay)}
            max={formatDay(snapshot.firstDay + snapshot.dayCount - 1)}
            onChange={(event) => {
              const day = parseDay(event.currentTarget.value);
              if (day !== undefined) setFocus({ ...focus, day: clampDay(snapshot, day) });
            }}
          />
        </label>
        <button
          type="button"
          class="icon"
          title="Zoom out (-)"
          aria-label="Zoom out"
          disabled={zoom === 0}
          onClick={() => zoomTo(-1)}
        >
          <i class="codicon codicon-zoom-out" />
        </button>
        <button
          type="button"
          class="icon"
          title="Zoom in (+)"
          aria-label="Zoom in"
          disabled={zoom === CELL_WIDTHS.length - 1}
          onClick={() => zoomTo(1)}
        >
          <i class="codicon codicon-zoom-in" />
        </button>
      </header>
      {snapshot.problem === undefined ? null : (
        <p class="problem" role="status">
          <i class="codicon codicon-warning" /> {snapshot.problem.message} This is the last good answer.
        </p>
      )}
      <MatrixCanvas
        snapshot={snapshot}
        cellWidth={cellWidth}
        focus={focus}
        onFocus={setFocus}
        onExplain={explain}
        onZoom={zoomTo}
        onNextGap={moveToGap}
      />
      <p class="announcer" aria-live="polite">
        {focus === undefined ? '' : sentence(describe(snapshot, focus))}
      </p>
      <Legend />
    </main>
  );
}

function hitOf(snapshot: Snapshot | undefined, nodeId: string | undefined, date: string): Hit | undefined {
  const day = parseDay(date);
  if (snapshot === undefined || day === undefined || clampDay(snapshot, day) !== day) return undefined;
  const node = snapshot.nodes.findIndex((candidate) => candidate.id === nodeId);
  return node < 0 ? { day } : { node, day };
}

/** Where to look first: where one looked last, else the newest gap, else the newest date. */
function startOf(snapshot: Snapshot, wanted: SavedView['focus']): Hit {
  const saved = wanted === undefined ? undefined : hitOf(snapshot, wanted.node, wanted.date);
  return saved ?? nextGap(snapshot, undefined, -1) ?? { day: snapshot.firstDay + snapshot.dayCount - 1 };
}

function clampDay(snapshot: Snapshot, day: Day): Day {
  return Math.min(snapshot.firstDay + snapshot.dayCount - 1, Math.max(snapshot.firstDay, day));
}

function gapsText(gaps: number): string {
  return gaps === 0 ? 'No gaps' : `${gaps.toLocaleString('en')} ${gaps === 1 ? 'gap' : 'gaps'}`;
}

function ageText(snapshot: Snapshot): string {
  if (snapshot.asOf === undefined) return 'never read';
  const time = new Date(snapshot.asOf).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
  return `as of ${time} · ${snapshot.mode} thresholds`;
}

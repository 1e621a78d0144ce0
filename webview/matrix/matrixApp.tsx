import type { VNode } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { formatDay } from '../../src/base/day';
import { counted } from '../../src/base/figures';
import type { MatrixTask } from '../../src/protocol/matrix';
import type { Snapshot } from '../../src/protocol/snapshot';
import { readPalette } from '../shared/readPalette';
import { pngOf } from './canvas';
import { CauseList } from './causeList';
import { causeOf } from './causes';
import { asCsv, asMarkdown, cellsToCopy } from './copying';
import { causeText, describe, sentence } from './describe';
import type { MatrixActions } from './keys';
import { columnOf, type Hit, layoutMatrix, SIZE } from './layout';
import { Legend, StatusGlyph } from './legend';
import { MatrixCanvas } from './matrixCanvas';
import { type MatrixHost, type MatrixState, useMatrixState } from './matrixState';
import { nextGap } from './navigate';
import { paintMatrix } from './paint';
import { cellsOfCause, selectCells } from './selected';
import { cellOf } from './summary';
import { Toolbar } from './toolbar';
import { zoomAt } from './zoom';

/** Browsers hold no wider canvas; a picture of more is cut at the newest dates. */
const WIDEST_PICTURE = 16_000;

export function MatrixApp({ host }: { host: MatrixHost }): VNode {
  const tasks = useRef<Readonly<Record<MatrixTask, () => void>> | undefined>(undefined);
  const state = useMatrixState(host, (task) => tasks.current?.[task]());
  const [pointed, setPointed] = useState<number>();
  const [hover, setHover] = useState<Hit>();
  const grid = useRef<HTMLDivElement>(null);
  const fields = {
    date: useRef<HTMLInputElement>(null),
    filter: useRef<HTMLInputElement>(null),
    select: useRef<HTMLInputElement>(null),
  };
  const { snapshot, focus, selected, nodes, level } = state;
  if (snapshot === undefined) return <p class="empty">{state.message}</p>;

  const partition = (hit: Hit, use: (node: string, date: string) => void): void => {
    const node = hit.node === undefined ? undefined : snapshot.nodes[hit.node];
    if (node !== undefined) use(node.id, formatDay(hit.day));
  };
  const selectCause = (cause: number | undefined): void => {
    if (cause === undefined) return;
    state.select(selectCells(snapshot, cellsOfCause(snapshot, cause)).text);
    setPointed(undefined);
  };
  const causeAt = (hit: Hit): number | undefined =>
    hit.node === undefined ? undefined : causeOf(snapshot, cellOf(snapshot, hit.node, hit.day));
  const actions: Omit<MatrixActions, 'extendTo' | 'toggle' | 'selectAll'> = {
    focusOn: state.setFocus,
    clear: () => {
      state.select('');
      grid.current?.focus();
    },
    toGap: (step) => {
      const gap = nextGap(snapshot, focus, step);
      if (gap === undefined) return;
      // A gap that the filter hides is gone to all the same.
      if (gap.node !== undefined && !nodes.includes(gap.node)) state.setFilter('');
      state.setFocus(gap);
    },
    zoomTo: state.setLevel,
    explain: (hit) => partition(hit, (node, date) => host.post({ type: 'explain', node, date })),
    openLog: (hit) => partition(hit, (node, date) => host.post({ type: 'openLog', node, date })),
    launch: () => {
      if (selected.count > 0) host.post({ type: 'launch', select: selected.text });
    },
    copy: (format) => {
      const cells = cellsToCopy(snapshot, selected.cells);
      const text = format === 'CSV' ? asCsv(snapshot, cells) : asMarkdown(snapshot, cells);
      const amount = selected.cells === undefined ? counted(snapshot.gaps, 'gap') : counted(selected.count, 'partition');
      host.post({ type: 'copy', text, what: `${amount} as ${format}` });
    },
    exportPng: () =>
      void picture(state, snapshot).then((data) => host.post({ type: 'savePng', name: `${snapshot.pipeline} gaps.png`, data })),
    selectCause: (hit) => selectCause(causeAt(hit)),
    goTo: (field) => fields[field].current?.focus(),
  };
  tasks.current = {
    copyMarkdown: () => actions.copy('Markdown'),
    copyCsv: () => actions.copy('CSV'),
    exportPng: actions.exportPng,
    selectCause: () => actions.selectCause(focus),
  };
  const at = hover ?? focus;
  // A column is told as a whole: from its first date, wherever in it the focus is.
  const { from, to } = columnOf(layoutOf(state, snapshot), focus.day) ?? { from: focus.day, to: focus.day };
  const column = { ...focus, day: from };
  const description = describe(snapshot, column, to);
  const why = causeText(snapshot, column, to);
  return (
    <main class="page">
      <Toolbar state={state} snapshot={snapshot} actions={actions} fields={fields} />
      {snapshot.problem === undefined ? null : (
        <p class="problem" role="status">
          <i class="codicon codicon-warning" /> {snapshot.problem.message}{' '}
          {snapshot.asOf === undefined ? 'Nothing was read yet.' : 'This is the last good answer.'}
        </p>
      )}
      <div class="body">
        <section class="picture" aria-label="Matrix">
          <MatrixCanvas
            snapshot={snapshot}
            nodes={nodes}
            level={level}
            focus={focus}
            selected={selected}
            cause={pointed}
            shown={state.shown}
            saved={state.scroll}
            actions={actions}
            onSelect={(cells) => state.select(selectCells(snapshot, cells).text)}
            onHover={setHover}
            onScrolled={state.scrolledTo}
            gridRef={grid}
          />
          {nodes.length > 0 ? null : <NoProcessors state={state} />}
        </section>
        {state.causes ? (
          <CauseList snapshot={snapshot} current={pointed ?? causeAt(at)} onPoint={setPointed} onSelect={selectCause} />
        ) : null}
      </div>
      <footer>
        <p class="detail">
          <StatusGlyph look={description.look} />
          <span class="announcer">{sentence(description)}</span>
          {why === undefined ? null : <strong class="why">{why}</strong>}
        </p>
        <Legend shown={state.shown} onChange={state.setShown} />
      </footer>
    </main>
  );
}

function NoProcessors({ state }: { readonly state: MatrixState }): VNode {
  const { filter, onlyGaps } = state;
  return (
    <div class="nothing">
      <p>
        {filter === '' && onlyGaps
          ? 'No processor has gaps.'
          : `No processor${onlyGaps ? ' with gaps' : ''} matches “${filter}”.`}
      </p>
      <button
        type="button"
        onClick={() => {
          state.setFilter('');
          state.setOnlyGaps(false);
        }}
      >
        Show all processors
      </button>
    </div>
  );
}

function layoutOf({ level, nodes }: MatrixState, snapshot: Snapshot) {
  return layoutMatrix(snapshot, { width: 0, height: 0, zoom: zoomAt(level), scrollX: 0, scrollY: 0 }, nodes);
}

/** All lines and dates as they are zoomed, with what is selected, and nothing of where somebody is. */
function picture(state: MatrixState, snapshot: Snapshot): Promise<Uint8Array> {
  const whole = layoutOf(state, snapshot);
  const width = Math.min(WIDEST_PICTURE, whole.contentWidth + SIZE.gutter);
  const height = whole.contentHeight + SIZE.header;
  const layout = layoutMatrix(snapshot, { ...whole.view, width, height, scrollX: whole.contentWidth }, state.nodes);
  const marks = { selected: state.selected.cells, shown: state.shown };
  return pngOf(width, height, paintMatrix(snapshot, layout, readPalette(document.body), marks));
}

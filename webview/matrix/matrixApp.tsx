import type { VNode } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { type Day, formatDay } from '../../src/base/day';
import { counted } from '../../src/base/figures';
import type { MatrixTask } from '../../src/protocol/matrix';
import type { Snapshot } from '../../src/protocol/snapshot';
import { readPalette } from '../shared/readPalette';
import { pngOf } from './canvas';
import { CauseList } from './causeList';
import { causeOf, gapIn, type Place } from './causes';
import { asCsv, asMarkdown, cellsToCopy } from './copying';
import { causeText, describe, sentence } from './describe';
import type { MatrixActions } from './keys';
import { columnOf, type Hit, layoutMatrix } from './layout';
import { Legend, StatusGlyph } from './legend';
import { MatrixCanvas } from './matrixCanvas';
import { type MatrixHost, type MatrixState, useMatrixState } from './matrixState';
import { nextGap } from './navigate';
import { paintPicture } from './picture';
import { cellsOfCause, selectCells } from './selected';
import { cellOf, lookOf } from './summary';
import { Toolbar } from './toolbar';
import { zoomAt } from './zoom';

export function MatrixApp({ host }: { host: MatrixHost }): VNode {
  const tasks = useRef<Readonly<Record<MatrixTask, () => void>> | undefined>(undefined);
  const state = useMatrixState(host, (task) => tasks.current?.[task]());
  /** By its words: the list is in another order after a change. */
  const [pointed, setPointed] = useState<string>();
  const [hover, setHover] = useState<Hit>();
  const grid = useRef<HTMLDivElement>(null);
  const fields = {
    date: useRef<HTMLInputElement>(null),
    filter: useRef<HTMLInputElement>(null),
    select: useRef<HTMLInputElement>(null),
  };
  const { snapshot, focus, selected, nodes, level } = state;
  if (snapshot === undefined) return <p class="empty">{state.message}</p>;

  const whole = layoutOf(state, snapshot);
  // A column is told as a whole: from its first date, wherever in it one is.
  const columnAround = ({ day }: Hit): { readonly from: Day; readonly to: Day } => columnOf(whole, day) ?? { from: day, to: day };
  const gapAround = (hit: Hit): Place | undefined => {
    const { from, to } = columnAround(hit);
    return gapIn(snapshot, { ...hit, day: from }, to);
  };
  /** The gap of a week or month rather than its first date. */
  const partition = (hit: Hit, use: (node: string, date: string) => void): void => {
    const at = gapAround(hit) ?? hit;
    const node = at.node === undefined ? undefined : snapshot.nodes[at.node];
    if (node !== undefined) use(node.id, formatDay(at.day));
  };
  const selectCause = (cause: number | undefined): void => {
    if (cause === undefined) return;
    state.select(selectCells(snapshot, cellsOfCause(snapshot, cause)).text);
    setPointed(undefined);
  };
  const causeAt = (hit: Hit): number | undefined => {
    const gap = gapAround(hit);
    return gap === undefined ? undefined : causeOf(snapshot, cellOf(snapshot, gap.node, gap.day));
  };
  const actions: Omit<MatrixActions, 'extendTo' | 'toggle' | 'selectAll'> = {
    focusOn: state.setFocus,
    clear: () => {
      state.select('');
      grid.current?.focus();
    },
    toGap: (step) => {
      const inSight = (node: number, cell: number): boolean =>
        nodes.includes(node) && (state.shown === undefined || state.shown.has(lookOf(snapshot, cell)));
      const gap = nextGap(snapshot, focus, step, inSight) ?? nextGap(snapshot, focus, step);
      if (gap?.node === undefined) return;
      // Where all gaps are filtered away they are gone to all the same.
      if (!inSight(gap.node, cellOf(snapshot, gap.node, gap.day))) {
        state.setFilter('');
        state.setShown(undefined);
      }
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
      void pngOf(paintPicture(snapshot, state, readPalette(document.body))).then((data) =>
        host.post({ type: 'savePng', name: `${snapshot.pipeline} gaps.png`, data }),
      ),
    selectCause: (hit) => selectCause(causeAt(hit)),
    toGrid: () => grid.current?.focus(),
    goTo: (field) => fields[field].current?.focus(),
  };
  tasks.current = {
    copyMarkdown: () => actions.copy('Markdown'),
    copyCsv: () => actions.copy('CSV'),
    exportPng: actions.exportPng,
    selectCause: () => actions.selectCause(focus),
  };
  const at = hover ?? focus;
  const { from, to } = columnAround(focus);
  const description = describe(snapshot, { ...focus, day: from }, to);
  const why = causeText(snapshot, { ...focus, day: from }, to);
  const pointedAt = snapshot.causes.findIndex(({ headline }) => headline === pointed);
  const cause = pointed === undefined || pointedAt < 0 ? undefined : pointedAt;
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
            cause={cause}
            shown={state.shown}
            saved={state.scroll}
            actions={actions}
            onSelect={(cells) => state.select(selectCells(snapshot, cells).text)}
            onHover={setHover}
            onScrolled={state.scrolledTo}
            gridRef={grid}
          />
          {nodes.length > 0 ? null : <NoProcessors state={state} snapshot={snapshot} />}
        </section>
        {state.causes ? (
          <CauseList snapshot={snapshot} current={cause ?? causeAt(at)} onPoint={setPointed} onSelect={selectCause} />
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

function NoProcessors({ state, snapshot }: { readonly state: MatrixState; readonly snapshot: Snapshot }): VNode {
  const { filter, onlyGaps } = state;
  if (snapshot.nodes.length === 0) {
    return (
      <div class="nothing">
        <p>The manifest describes no processors yet.</p>
      </div>
    );
  }
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

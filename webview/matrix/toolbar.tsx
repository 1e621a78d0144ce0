import type { RefObject, VNode } from 'preact';
import { formatDay, parseDay } from '../../src/base/day';
import { counted, formatCount } from '../../src/base/figures';
import type { Snapshot } from '../../src/protocol/snapshot';
import type { MatrixActions } from './keys';
import type { Hit } from './layout';
import { clampDay, type MatrixState } from './matrixState';
import { LEVELS, levelOf, UNITS, type Unit, zoomAt } from './zoom';

interface Props {
  readonly state: MatrixState;
  readonly snapshot: Snapshot;
  readonly actions: Pick<MatrixActions, 'toGap' | 'launch' | 'copy' | 'exportPng' | 'clear'>;
  readonly fields: {
    readonly date: RefObject<HTMLInputElement | null>;
    readonly filter: RefObject<HTMLInputElement | null>;
    readonly select: RefObject<HTMLInputElement | null>;
  };
}

const UNIT_WORDS: Readonly<Record<Unit, string>> = { day: 'Day', week: 'Week', month: 'Month' };

/** Where one is and how near; below it what is shown and what is selected. */
export function Toolbar(props: Props): VNode {
  const { state, snapshot, actions, fields } = props;
  const { level, focus, causes } = state;
  return (
    <header>
      <div class="toolbar">
        <h1>{snapshot.pipeline}</h1>
        <span class="gaps">{snapshot.gaps === 0 ? 'No gaps' : counted(snapshot.gaps, 'gap')}</span>
        <span class="age">{ageText(snapshot)}</span>
        <span class="spring" />
        <fieldset class="group" aria-label="Zoom">
          {UNITS.map((unit, index) => (
            <button
              key={unit}
              type="button"
              aria-pressed={zoomAt(level).unit === unit}
              title={`A column a ${unit} (${index + 1})`}
              onClick={() => state.setLevel(levelOf(unit))}
            >
              {UNIT_WORDS[unit]}
            </button>
          ))}
        </fieldset>
        <span class="group">
          <IconButton icon="zoom-out" title="Zoom out (-)" disabled={level === 0} onClick={() => state.setLevel(level - 1)} />
          <IconButton
            icon="zoom-in"
            title="Zoom in (+)"
            disabled={level === LEVELS.length - 1}
            onClick={() => state.setLevel(level + 1)}
          />
        </span>
        <label class="jump">
          Go to
          <input
            ref={fields.date}
            type="date"
            value={formatDay(focus.day)}
            min={formatDay(snapshot.firstDay)}
            max={formatDay(snapshot.firstDay + snapshot.dayCount - 1)}
            onChange={(event) => {
              const day = parseDay(event.currentTarget.value);
              if (day !== undefined) state.setFocus(atDay(focus, clampDay(snapshot, day)));
            }}
          />
        </label>
        <span class="group">
          <IconButton
            icon="arrow-left"
            title="Previous gap (Shift+N)"
            disabled={snapshot.gaps === 0}
            onClick={() => actions.toGap(-1)}
          />
          <button type="button" title="Next gap (N)" disabled={snapshot.gaps === 0} onClick={() => actions.toGap(1)}>
            Next gap <i class="codicon codicon-arrow-right" />
          </button>
        </span>
        <button type="button" aria-pressed={causes} title="What the gaps come from" onClick={() => state.setCauses(!causes)}>
          <i class="codicon codicon-list-tree" /> Causes <span class="count">{formatCount(snapshot.causes.length)}</span>
        </button>
      </div>
      <SelectionBar {...props} />
    </header>
  );
}

function SelectionBar({ state, actions, fields }: Props): VNode {
  const { selected, filter, onlyGaps } = state;
  const { problem, text, count, dates } = selected;
  const hasSome = count > 0;
  return (
    <div class="toolbar selection">
      <input
        ref={fields.filter}
        type="search"
        class="filter"
        placeholder="Filter processors"
        aria-label="Filter processors by id, name or phase"
        title="Shows processors whose id, name or phase holds this (F)"
        value={filter}
        onInput={(event) => state.setFilter(event.currentTarget.value)}
      />
      <button
        type="button"
        aria-pressed={onlyGaps}
        title="Show only processors with gaps"
        onClick={() => state.setOnlyGaps(!onlyGaps)}
      >
        <i class="codicon codicon-filter" /> Only gaps
      </button>
      <span class="field">
        <input
          ref={fields.select}
          class={problem === undefined ? 'select' : 'select wrong'}
          placeholder="Nothing is selected: drag, or write such as phase:4 & 2021-11-* & gaps"
          aria-label="Selection"
          title="Which partitions are selected, as --select takes it (S)"
          aria-invalid={problem !== undefined}
          aria-describedby="selected"
          spellcheck={false}
          value={text}
          onInput={(event) => state.select(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && hasSome) actions.launch();
            if (event.key === 'Escape') actions.clear();
          }}
        />
        {text === '' ? null : <IconButton icon="close" title="Clear the selection (Escape)" onClick={actions.clear} />}
      </span>
      <span id="selected" class={problem === undefined ? 'selected' : 'selected wrong'} role="status">
        {problem !== undefined
          ? `At ${problem.from + 1}: ${problem.message}`
          : hasSome
            ? `${counted(count, 'partition')}, ${counted(dates, 'date')}`
            : text === ''
              ? ''
              : 'No partition is selected'}
      </span>
      <button
        type="button"
        class="primary"
        title="Plans exactly what is selected (R)"
        disabled={!hasSome}
        onClick={actions.launch}
      >
        <i class="codicon codicon-play" /> Launch…
      </button>
      <span class="group">
        <IconButton
          icon="markdown"
          title="Copy as Markdown: the selection, else all gaps (M)"
          onClick={() => actions.copy('Markdown')}
        />
        <IconButton icon="table" title="Copy as CSV: the selection, else all gaps (V)" onClick={() => actions.copy('CSV')} />
        <IconButton icon="device-camera" title="Export as PNG (P)" onClick={actions.exportPng} />
      </span>
    </div>
  );
}

function IconButton({
  icon,
  title,
  disabled = false,
  onClick,
}: {
  readonly icon: string;
  readonly title: string;
  readonly disabled?: boolean;
  readonly onClick: () => void;
}): VNode {
  return (
    <button type="button" class="icon" title={title} aria-label={title} disabled={disabled} onClick={() => onClick()}>
      <i class={`codicon codicon-${icon}`} />
    </button>
  );
}

function atDay({ node }: Hit, day: number): Hit {
  return node === undefined ? { day } : { node, day };
}

function ageText(snapshot: Snapshot): string {
  if (snapshot.asOf === undefined) return 'never read';
  const time = new Date(snapshot.asOf).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
  return `as of ${time} · ${snapshot.mode} thresholds`;
}

import type { RefObject, VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { type Day, formatDay, parseDay } from '../../src/base/day';
import { counted, formatCount } from '../../src/base/figures';
import type { Snapshot } from '../../src/protocol/snapshot';
import { ageText } from './describe';
import type { MatrixActions } from './keys';
import type { Hit } from './layout';
import type { MatrixState } from './matrixState';
import { nearestDay } from './navigate';
import { LEVELS, levelOf, UNITS, type Unit, zoomAt } from './zoom';

interface Props {
  readonly state: MatrixState;
  readonly snapshot: Snapshot;
  readonly actions: Pick<MatrixActions, 'toGap' | 'launch' | 'copy' | 'exportPng' | 'clear' | 'toGrid'>;
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
  const { level, focus } = state;
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
        <DateField
          fieldRef={fields.date}
          snapshot={snapshot}
          day={focus.day}
          onDay={(day) => state.setFocus(atDay(focus, day))}
          onDone={actions.toGrid}
        />
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
      </div>
      <SelectionBar {...props} />
    </header>
  );
}

function SelectionBar({ state, snapshot, actions, fields }: Props): VNode {
  const { selected, filter, onlyGaps, causes } = state;
  const { problem, text, count, dates } = selected;
  const hasSome = count > 0;
  const words =
    problem !== undefined
      ? `At ${problem.from + 1}: ${problem.message}`
      : hasSome
        ? `${counted(count, 'partition')}, ${counted(dates, 'date')}`
        : text === ''
          ? ''
          : 'No partition is selected';
  // Told when somebody selects, and not whenever a backfill changes what `gaps` means.
  const chosen = useMemo(() => words, [text]);
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
        onKeyDown={(event) => {
          if (event.key === 'Enter') actions.toGrid();
        }}
      />
      <button
        type="button"
        aria-pressed={onlyGaps}
        title="Show only processors with gaps"
        onClick={() => state.setOnlyGaps(!onlyGaps)}
      >
        <i class="codicon codicon-filter" /> Only gaps
      </button>
      <button type="button" aria-pressed={causes} title="What the gaps come from" onClick={() => state.setCauses(!causes)}>
        <i class="codicon codicon-list-tree" /> Causes <span class="count">{formatCount(snapshot.causes.length)}</span>
      </button>
      <span class="field">
        <input
          ref={fields.select}
          class={problem === undefined ? 'select' : 'select wrong'}
          placeholder="Select by dragging, or as phase:4 &amp; 2021-11-*"
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
      <span
        id="selected"
        class={problem === undefined ? 'selected' : 'selected wrong'}
        role="status"
        aria-live={words === chosen ? 'polite' : 'off'}
      >
        {words}
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

interface DateFieldProps {
  readonly fieldRef: RefObject<HTMLInputElement | null>;
  readonly snapshot: Snapshot;
  readonly day: Day;
  readonly onDay: (day: Day) => void;
  readonly onDone: () => void;
}

/** Goes along while a date of the pipeline is written; what is half written, such as the year 202, is left alone. */
function DateField({ fieldRef, snapshot, day, onDay, onDone }: DateFieldProps): VNode {
  const [draft, setDraft] = useState<string>();
  const go = (text: string): void => {
    const wanted = parseDay(text);
    if (wanted !== undefined) onDay(nearestDay(snapshot, wanted));
  };
  return (
    <label class="jump">
      Go to
      <input
        ref={fieldRef}
        type="date"
        value={draft ?? formatDay(day)}
        min={formatDay(snapshot.firstDay)}
        max={formatDay(snapshot.firstDay + snapshot.dayCount - 1)}
        onInput={({ currentTarget }) => {
          setDraft(currentTarget.value);
          if (currentTarget.validity.valid) go(currentTarget.value);
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          go(event.currentTarget.value);
          setDraft(undefined);
          onDone();
        }}
        onBlur={() => setDraft(undefined)}
      />
    </label>
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

import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { formatDay } from '../../src/base/day';
import { formatHours, formatSeconds } from '../../src/base/figures';
import type { TimingChart, TimingLeft, TimingRow } from '../../src/protocol/timing';
import { usePalette } from '../shared/usePalette';
import { HATCH_PATHS, hatchOf, TILE } from './hatch';
import { GLYPHS } from './paint';
import { stageColor } from './stageColors';
import { MARK_WORDS, round } from './words';

/** Processors by what they cost. */
export function Ranking(props: {
  rows: readonly TimingRow[];
  shown: string | undefined;
  onChoose: (name: string) => void;
}): VNode {
  return (
    <nav class="ranking" aria-label="Processors by what they cost">
      <ol>
        {props.rows.map(({ name, total, share, shareText, mark, runs }) => (
          <li key={name}>
            <button
              type="button"
              disabled={runs === 0}
              aria-current={name === props.shown ? 'true' : undefined}
              onClick={() => props.onChoose(name)}
            >
              <span class="name">
                {name}
                {mark === undefined ? null : (
                  <span class={`mark ${mark}`} title={MARK_WORDS[mark]}>
                    <span aria-hidden="true"> {GLYPHS[mark]}</span>
                    <span class="unseen"> {MARK_WORDS[mark]}</span>
                  </span>
                )}
              </span>
              <span class="cost">{runs === 0 ? 'no run that ended well' : `${formatHours(total)} · ${shareText}`}</span>
              <span class="share" aria-hidden="true">
                <span style={{ width: `${runs === 0 ? 0 : Math.max(1, share * 100)}%` }} />
              </span>
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}

/** What stands out, each a way to its date. */
export function Marks({ chart, onGo }: { chart: TimingChart; onGo: (day: number) => void }): VNode | null {
  if (chart.marks.length === 0) return <p class="quiet">Nothing stands out of these dates.</p>;
  return (
    <ul class="marks">
      {chart.marks.toReversed().map(({ kind, day, text }) => (
        <li key={`${kind} ${day} ${text}`}>
          <button type="button" class="link" title={`Go to ${formatDay(day)}`} onClick={() => onGo(day)}>
            <span class={`mark ${kind}`} aria-hidden="true">
              {GLYPHS[kind]}
            </span>{' '}
            {text}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** All that is left, each part with a choice of its own. */
export function Whole({ left }: { left: readonly TimingLeft[] }): VNode | null {
  const [chosen, setChosen] = useState<Readonly<Record<number, number>>>({});
  if (left.length === 0) return null;
  return (
    <section class="whole" aria-label="All that is left">
      {left.map((one, index) => (
        <WhatIf
          key={one.what}
          left={one}
          atOnce={chosen[index] ?? one.slots}
          onChange={(atOnce) => setChosen({ ...chosen, [index]: atOnce })}
        />
      ))}
    </section>
  );
}

/** How long what is left takes with several at once. */
export function WhatIf(props: { left: TimingLeft; atOnce: number; onChange: (atOnce: number) => void }): VNode {
  const { what, slots, seconds, limit, runs } = props.left;
  const most = seconds.length;
  const atOnce = Math.min(Math.max(1, props.atOnce), most);
  const took = seconds[atOnce - 1] ?? 0;
  return (
    <div class="whatIf">
      <label>
        {what}, with{' '}
        <input
          type="range"
          min={1}
          max={most}
          value={atOnce}
          disabled={most === 1}
          aria-valuetext={`${atOnce} at once: ${formatHours(took)}`}
          onInput={(event) => props.onChange(Number(event.currentTarget.value))}
        />{' '}
        {atOnce} at once
      </label>
      <output>
        <strong>{formatHours(took)}</strong>
        {limit !== undefined
          ? ` · not several at once: ${limit}`
          : !runs
            ? ''
            : atOnce === slots
              ? ' · as it is now'
              : ` · now ${slots} at once`}
      </output>
    </div>
  );
}

/** Stages by colour and pattern. */
export function Legend({ chart }: { chart: TimingChart }): VNode {
  const palette = usePalette();
  return (
    <ul class="legend">
      {chart.stages.map(({ name, share }, stage) => (
        <li key={name} title={`${share} of the time`}>
          <Swatch
            color={stageColor(palette, stage)}
            path={HATCH_PATHS[hatchOf(stage)]}
            over={palette.background}
            line={palette.border}
          />
          {name} {share}
        </li>
      ))}
      <li>
        <Swatch color={palette.muted} path="" over={palette.background} line={palette.border} faint={chart.stages.length > 0} />
        {chart.stages.length > 0 ? 'beside these' : 'a date'}
      </li>
      {chart.lines.length === 0 ? null : (
        <li>
          <svg width="18" height="14" aria-hidden="true">
            <path d="M1,12 L17,2" stroke={palette.status.failed} stroke-width="2.5" />
          </svg>
          growth over a run
        </li>
      )}
    </ul>
  );
}

function Swatch(props: { color: string; path: string; over: string; line: string; faint?: boolean }): VNode {
  const { color, path, over, line, faint = false } = props;
  const id = `hatch-${path.length}-${path.charCodeAt(4) || 0}`;
  return (
    <svg width="18" height="14" aria-hidden="true">
      <defs>
        <pattern id={id} width={TILE} height={TILE} patternUnits="userSpaceOnUse">
          <path d={path} stroke={over} stroke-width="1.3" fill="none" />
        </pattern>
      </defs>
      <rect x="0.5" y="0.5" width="17" height="13" fill={color} fill-opacity={faint ? 0.35 : 1} stroke={line} />
      {path === '' ? null : <rect x="1" y="1" width="16" height="12" fill={`url(#${id})`} />}
    </svg>
  );
}

/** Medians by session, the newest first. */
export function Sessions({ chart }: { chart: TimingChart }): VNode | null {
  const { sessions, stages } = chart;
  if (sessions.length < 2) return null;
  const fastest = Math.min(...sessions.map(({ p50 }) => p50));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keyboard.
    <section class="across" tabIndex={0} aria-label="Runs compared">
      <table class="sessions">
        <caption>Runs compared (medians)</caption>
        <thead>
          <tr>
            <th scope="col">Began</th>
            <th scope="col">Dates</th>
            <th scope="col">A date</th>
            <th scope="col">Against the fastest</th>
            {stages.map(({ name }) => (
              <th scope="col" key={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sessions.toReversed().map(({ title, dates, p50, stages: of }) => (
            <tr key={title}>
              <th scope="row">{title}</th>
              <td>{dates}</td>
              <td>{formatSeconds(round(p50))}</td>
              <td>{p50 <= fastest * 1.005 || fastest <= 0 ? '' : `${(p50 / fastest).toFixed(1)}×`}</td>
              {of.map((seconds, index) => (
                <td key={stages[index]?.name}>{formatSeconds(round(seconds))}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

import type { VNode } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { formatDay } from '../../src/base/day';
import { formatSeconds } from '../../src/base/figures';
import type { TimingChart } from '../../src/protocol/timing';
import { px } from '../shared/px';
import { round } from './words';

/** The height of a row, as the style sheet has it. */
export const ROW = 22;
/** Rows beyond those in sight, so that whoever reads on finds the next one. */
const BEYOND = 12;

interface Props {
  readonly chart: TimingChart;
  /** The date that is shown: its row comes into sight. */
  readonly selected: number;
  readonly open: boolean;
  readonly onToggle: (open: boolean) => void;
}

/** The same dates for those who do not see the chart, newest first. Only rows about those in sight are in the document. */
export function Twin({ chart, selected, open, onToggle }: Props): VNode {
  return (
    <details class="twin" open={open} onToggle={(event) => onToggle(event.currentTarget.open)}>
      <summary>All dates as a table</summary>
      {open ? <Rows chart={chart} selected={selected} /> : null}
    </details>
  );
}

function Rows({ chart, selected }: Pick<Props, 'chart' | 'selected'>): VNode {
  const { days, seconds, stages, queued, marks } = chart;
  const scroller = useRef<HTMLElement>(null);
  const [sight, setSight] = useState({ top: 0, height: 320 });
  const count = days.length;
  const from = Math.max(0, Math.min(count - 1, Math.floor(sight.top / ROW)) - BEYOND);
  const to = Math.min(count, Math.ceil((sight.top + sight.height) / ROW) + BEYOND);
  const look = (): void => {
    const element = scroller.current;
    if (element !== null) setSight({ top: element.scrollTop, height: element.clientHeight });
  };
  useEffect(look, [count]);
  const at = (count - 1 - selected) * ROW;
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    // The titles stay above the rows.
    const room = element.clientHeight - 2 * ROW;
    if (at < element.scrollTop) element.scrollTop = at;
    else if (at > element.scrollTop + room) element.scrollTop = at - room;
    look();
  }, [at, chart.processor]);
  const rows = Array.from({ length: Math.max(0, to - from) }, (_, place) => count - 1 - from - place);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keyboard.
    <section class="rows" ref={scroller} tabIndex={0} aria-label={`Dates of ${chart.processor}`} onScroll={look}>
      <table aria-rowcount={count + 1} style={{ marginTop: px(from * ROW), marginBottom: px((count - to) * ROW) }}>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col">Date</th>
            <th scope="col">All</th>
            {stages.map(({ name }) => (
              <th scope="col" key={name}>
                {name}
              </th>
            ))}
            <th scope="col">Waited</th>
            <th scope="col">What stands out</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((index) => (
            <tr key={days[index]} aria-rowindex={count - index + 1} aria-current={index === selected ? 'date' : undefined}>
              <th scope="row">{formatDay(days[index] ?? 0)}</th>
              <td>{formatSeconds(round(seconds[index] ?? 0))}</td>
              {stages.map(({ name, seconds: of }) => (
                <td key={name}>{formatSeconds(round(of[index] ?? 0))}</td>
              ))}
              <td>{(queued[index] ?? Number.NaN) >= 1 ? formatSeconds(Math.round(queued[index] ?? 0)) : ''}</td>
              <td class="words">
                {marks
                  .filter(({ day }) => day === days[index])
                  .map(({ text }) => text)
                  .join('; ')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

import { formatDay, weekdayOf } from '../../src/base/day';
import { formatSeconds } from '../../src/base/figures';
import type { TimingChart, TimingMarkKind } from '../../src/protocol/timing';

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

export const MARK_WORDS: Readonly<Record<TimingMarkKind, string>> = {
  growth: 'grows over a run',
  slower: 'slower since a date',
  faster: 'faster since a date',
  spike: 'a date took far longer',
};

/** `2021-12-09, Thursday: 44 s`, the stages, and what stands out there. */
export function describeDate(chart: TimingChart, index: number): { readonly title: string; readonly facts: readonly string[] } {
  const day = chart.days[index] ?? 0;
  const seconds = chart.seconds[index] ?? 0;
  const queued = chart.queued[index] ?? Number.NaN;
  const told = chart.stages.reduce((sum, { seconds: of }) => sum + (of[index] ?? 0), 0);
  const stages = chart.stages.flatMap(({ name, seconds: of }) => {
    const took = of[index] ?? 0;
    return took > 0 ? [`${name} ${formatSeconds(round(took))}`] : [];
  });
  return {
    title: `${formatDay(day)}, ${WEEKDAYS[weekdayOf(day)]}: ${formatSeconds(round(seconds))}`,
    facts: [
      ...(stages.length === 0 ? [] : [stages.join(', ')]),
      ...(told > seconds * 1.02 + 0.1 ? ['stages ran beside one another: their parts of the bar are in proportion'] : []),
      ...(queued >= 1 ? [`waited ${formatSeconds(Math.round(queued))} for a slot`] : []),
      ...chart.marks.filter((mark) => mark.day === day).map(({ text }) => text),
    ],
  };
}

/** 32-bit figures have digits that nobody measured. */
export function round(seconds: number): number {
  return seconds < 0.1 ? Math.round(seconds * 1000) / 1000 : Math.round(seconds * 10) / 10;
}

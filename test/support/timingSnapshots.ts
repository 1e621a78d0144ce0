import type { TimingChart, TimingSnapshot } from '../../src/protocol/timing';
import { randomOf } from './timedSeries';

const FIRST = 18_931;

/** A processor whose dates grow over a run, with a step and a spike before it. */
export function timingChart(dates = 120, processor = 'PDC'): TimingChart {
  const random = randomOf(7);
  const about = (seconds: number): number => seconds * (0.9 + 0.2 * random());
  const days = Int32Array.from({ length: dates }, (_, index) => FIRST + index);
  const growing = Math.max(0, dates - 16);
  const step = Math.floor(dates / 2);
  const spike = Math.floor(dates / 4);
  const check = Float32Array.from(days, (_, index) => about(index >= growing ? 6 + 12 * (index - growing) : 6));
  const extract = Float32Array.from(days, (_, index) => about(index === spike ? 240 : 22));
  const calculate = Float32Array.from(days, (_, index) => about(index >= step ? 44 : 21));
  const write = Float32Array.from(days, () => about(9));
  const stages = [
    { name: 'dependency check', share: '24 %', seconds: check },
    { name: 'extract', share: '22 %', seconds: extract },
    { name: 'calculate', share: '41 %', seconds: calculate },
    { name: 'write', share: '9.0 %', seconds: write },
  ];
  const line = days.subarray(growing);
  return {
    ...{ processor, days, stages },
    seconds: Float32Array.from(days, (_, index) => stages.reduce((sum, { seconds }) => sum + (seconds[index] ?? 0), 3)),
    queued: Float32Array.from(days, (_, index) => (index % 3 === 0 ? 12 : Number.NaN)),
    ...{ p50: 82, p95: 190 },
    summary: `${dates} runs · median 1 min 22 s · 95 of 100 within 3 min 10 s · 2 h 50 min in all, 61 % of everything · from the journal`,
    marks: [
      {
        ...{ kind: 'spike', day: FIRST + spike, short: '10.7×' },
        text: 'extract took 10.7 times as long as usual on 2021-11-30: 4 min, not 22 s',
      },
      {
        kind: 'slower',
        day: FIRST + step,
        short: '2.1×',
        text: 'calculate takes 2.1 times as long since 2021-12-30: 44 s, not 21 s',
      },
      {
        ...{ kind: 'growth', day: FIRST + growing, short: '+12 s a date' },
        text: 'dependency check grows 12 s a date: the 15 dates left would take 1 h 20 min, not 20 min',
      },
    ],
    lines: [{ days: line, seconds: Float32Array.from(line, (_, index) => 82 + 12 * index) }],
    sessions: [
      { title: '2022-02-01 08:00 UTC · 2021-10-31 to 2021-12-29', dates: 60, p50: 61, stages: [6, 22, 21, 9] },
      { title: '2022-02-02 09:30 UTC · 2021-12-30 to 2022-02-27', dates: 60, p50: 110, stages: [9, 22, 44, 9] },
    ],
    left: { what: '15 dates left', slots: 1, runs: true, seconds: [4_800, 2_400, 1_600, 1_200, 960, 800, 700, 600] },
  };
}

export function timingOf(chart: TimingChart | undefined = timingChart()): TimingSnapshot {
  return {
    ...{ pipeline: 'NBA sample', asOf: Date.UTC(2022, 1, 3, 12) },
    processors: [
      { name: 'PDC', runs: 120, total: 10_200, share: 0.61, shareText: '61 %', mark: 'growth' },
      { name: 'MLFS', runs: 118, total: 5_100, share: 0.3, shareText: '30 %', mark: 'slower' },
      { name: 'PSZA', runs: 120, total: 1_500, share: 0.09, shareText: '9.0 %' },
      { name: 'PCF', runs: 0, total: 0, share: 0, shareText: '0 %' },
    ],
    left: [
      {
        what: '45 dates left of PDC and MLFS',
        slots: 1,
        runs: true,
        seconds: [9_600, 5_100, 3_700, 3_000, 2_700, 2_500, 2_400, 2_400],
      },
      { what: '12 gaps that can be filled, of PSZA and PCF', slots: 1, runs: false, seconds: [480, 240, 160, 120] },
    ],
    ...(chart !== undefined && { chart }),
  };
}

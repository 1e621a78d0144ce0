import assert from 'node:assert/strict';
import type { TimingChart } from '../../../src/protocol/timing';
import type { Palette } from '../../../webview/shared/palette';
import { HATCH_PATHS, HATCHES } from '../../../webview/timing/hatch';
import { AXIS, hitTest, layoutOf, leftOf, scrollTo, TOP, visible } from '../../../webview/timing/layout';
import { paintChart } from '../../../webview/timing/paint';
import { describeDate } from '../../../webview/timing/words';
import { palette } from '../../support/palette';
import { timingChart } from '../../support/timingSnapshots';

const chart = timingChart();
const viewport = { width: 800, height: 300, scroll: 0 };
const layout = layoutOf(chart, 12, 300);
const paint = (of: TimingChart = chart, more: Partial<typeof viewport> = {}, selected?: number) =>
  paintChart(of, layoutOf(of, 12, 300), { ...viewport, ...more }, palette, selected);

describe('the layout of a timing chart', () => {
  it('has round seconds on its axis, from zero to above the highest', () => {
    assert.ok(layout.ticks.length >= 3 && layout.ticks.length <= 6 && layout.ticks[0] === 0, layout.ticks.join());
    assert.ok(layout.max >= Math.max(...chart.seconds));
    for (const top of [0.3, 4, 61, 5_000, 200_000]) {
      const { ticks, max } = layoutOf({ ...chart, lines: [], seconds: Float32Array.of(top), p95: top }, 12, 300);
      assert.ok(ticks.length <= 6 && max >= top - 1e-3 && max <= 2.6 * top, `${top}: ${ticks.join()}`);
    }
  });

  it('cuts a bar that would flatten all others', () => {
    const seconds = chart.seconds.slice();
    seconds[3] = 90_000;
    const { max } = layoutOf({ ...chart, seconds }, 12, 300);
    assert.ok(max < 1_000);
    const cuts = paint({ ...chart, seconds }).filter((op) => op.op === 'fill' && op.h === 2 && op.color === palette.background);
    assert.equal(cuts.length, 2);
  });

  it('tells the date under a point, and none beside the bars', () => {
    for (const index of [0, 1, 57]) {
      const x = leftOf(layout, index, { ...viewport, scroll: 100 }) + 3;
      if (x > AXIS) assert.equal(hitTest(layout, 120, x, 100, { ...viewport, scroll: 100 }), index);
    }
    assert.equal(hitTest(layout, 120, AXIS - 1, 100, viewport), undefined);
    assert.equal(hitTest(layout, 3, AXIS + 40, 100, viewport), undefined);
  });

  it('scrolls no further than a date needs', () => {
    assert.equal(scrollTo(layout, 10, viewport), 0);
    const far = scrollTo(layout, 119, viewport);
    assert.ok(leftOf(layout, 119, { ...viewport, scroll: far }) < viewport.width - 122 - 12);
    assert.equal(scrollTo(layout, 118, { ...viewport, scroll: far }), far);
  });
});

describe('the picture of a timing chart', () => {
  it('stacks the stages of each date up to what it took', () => {
    const { from, to } = visible(layout, chart.days.length, viewport);
    const bars = paint().filter((op) => op.op === 'fill' && op.w === 11);
    assert.equal(bars.length, 5 * (to - from), 'four stages and the rest');
    const first = bars.slice(0, 5);
    const height = first.reduce((sum, op) => sum + (op.op === 'fill' ? op.h : 0), 0);
    assert.ok(Math.abs(height - ((layout.bottom - TOP) * (chart.seconds[0] ?? 0)) / layout.max) < 0.1);
  });

  it('makes a bar as high as its date also where stages overlap or are below nothing', () => {
    const stages = chart.stages.map(({ seconds, ...stage }, index) => ({
      ...stage,
      seconds: seconds.map((value) => (index === 3 ? -value : 2 * value)),
    }));
    const of = { ...chart, stages };
    const height = (ops: ReturnType<typeof paint>, x: number) =>
      ops.reduce((sum, op) => (op.op === 'fill' && op.x === x && op.w === 11 ? sum + op.h : sum), 0);
    const x = leftOf(layout, 0, viewport);
    const expected = (layout.bottom - TOP) * ((chart.seconds[0] ?? 0) / layout.max);
    assert.ok(Math.abs(height(paint(of), x) - expected) < 0.1, `${height(paint(of), x)} for ${expected}`);
    assert.ok(describeDate(of, 0).facts.some((fact) => fact.startsWith('stages ran beside one another')));
  });

  it('tells stages by pattern and by colour', () => {
    const hatched = paint().filter((op) => op.op === 'hatch');
    assert.equal(new Set(hatched.map((op) => op.op === 'hatch' && op.hatch)).size, 3, 'the first of four is plain');
    assert.equal(new Set(HATCHES.map((hatch) => HATCH_PATHS[hatch])).size, HATCHES.length);
  });

  it('says median and p95, and marks what stands out at its date', () => {
    const words = paint(chart, { scroll: 700 }).flatMap((op) => (op.op === 'text' ? [op.text] : []));
    assert.ok(words.includes('median 1 min 22 s') && words.includes('p95 3 min 10 s'));
    assert.ok(words.includes('▲ 2.1×') && words.includes('↗ +12 s a date'));
    const at = leftOf(layout, 60, { ...viewport, scroll: 700 });
    const lines = paint(chart, { scroll: 700 }).filter(
      (op) => op.op === 'path' && op.color === palette.status.failed && op.points.length === 2,
    );
    assert.ok(lines.some((op) => op.op === 'path' && Math.abs((op.points[0]?.[0] ?? 0) - at) <= 1));
  });

  it('cuts no words at its edges, also where it is narrow', () => {
    for (const width of [300, 430, 800, 1_400]) {
      for (let scroll = 0; scroll < 1_400; scroll += 37) {
        const of = layoutOf(chart, 12, 300, width);
        for (const op of paintChart(chart, of, { width, height: 300, scroll }, palette, undefined)) {
          if (op.op !== 'text') continue;
          const length = 6 * op.text.length;
          const [from, to] = op.align === 'right' ? [op.x - length, op.x] : [op.x, op.x + length];
          assert.ok(from >= 0 && to <= width, `${op.text} at ${Math.round(from)} to ${Math.round(to)} of ${width}`);
        }
      }
    }
    const bars = ({ width }: { width: number }) =>
      visible(layoutOf(chart, 12, 300, width), 120, { width, height: 300, scroll: 0 });
    assert.ok(bars({ width: 276 }).to >= 16, 'a panel of 300 pixels has room for dates');
  });

  it('draws what is in sight only, however many dates there are', () => {
    const many = paint(timingChart(5_000)).length;
    assert.ok(many < 1_200, `${many}`);
  });

  it('outlines the bars in high contrast, and the date that is selected', () => {
    const strokes = (of: Palette, selected?: number) =>
      paintChart(chart, layout, viewport, of, selected).filter(({ op }) => op === 'stroke').length;
    assert.equal(strokes(palette), 0);
    assert.equal(strokes(palette, 5), 1);
    assert.ok(strokes({ ...palette, highContrast: true }) > 100);
  });
});

describe('a date in words', () => {
  it('has its stages, its waiting and what stands out there', () => {
    const { title, facts } = describeDate(chart, 30);
    assert.match(title, /^2021-11-30, Tuesday: 4 min \d+ s$/);
    assert.match(facts[0] ?? '', /^dependency check [\d.]+ s, extract \d min \d+ s, calculate /);
    assert.equal(facts[1], 'waited 12 s for a slot');
    assert.match(facts[2] ?? '', /^extract took 10\.7 times/);
  });
});

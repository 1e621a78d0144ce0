import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { statusCode } from '../../../src/base/status';
import type { Snapshot } from '../../../src/protocol/snapshot';
import { trailOf } from '../../../webview/matrix/causes';
import { describe as describeCell, describeLine, sentence } from '../../../webview/matrix/describe';
import { type Line, layoutMatrix, SIZE, type View } from '../../../webview/matrix/layout';
import { nearestDay, nextGap } from '../../../webview/matrix/navigate';
import { paintMatrix, visibleColumns } from '../../../webview/matrix/paint';
import { paintTrail } from '../../../webview/matrix/paintTrail';
import { paintPicture } from '../../../webview/matrix/picture';
import { readSavedView } from '../../../webview/matrix/savedView';
import { isBlockSelected, NOTHING, readSelected, selectCells, withBlock } from '../../../webview/matrix/selected';
import { LEGEND, summaryOf } from '../../../webview/matrix/summary';
import { LEVELS, levelOf } from '../../../webview/matrix/zoom';
import type { PaintOp } from '../../../webview/shared/paintOp';
import { palette } from '../../support/palette';
import { type Hole, SEASON_DAYS, SNAPSHOT_START, snapshotWith } from '../../support/snapshots';

const HOLES: readonly Hole[] = [
  ['MLFS', 17, 'blocked'],
  ['PDC', 17, 'missing'],
];
const SECOND = SNAPSHOT_START + SEASON_DAYS[0] + 40;
const view: View = { width: 3_000, height: 400, zoom: { unit: 'day', width: 16 }, scrollX: 0, scrollY: 0 };
const at = (level: number): View => ({ ...view, zoom: LEVELS[level] ?? view.zoom });

function textsOf(snapshot: Snapshot, shown: View): readonly Extract<PaintOp, { op: 'text' }>[] {
  return paintMatrix(snapshot, layoutMatrix(snapshot, shown), palette, {}).flatMap((op) => (op.op === 'text' ? op : []));
}
const words = (snapshot: Snapshot, shown: View) => textsOf(snapshot, shown).map(({ text }) => text);

describe('gap matrix: what stands around the cells', () => {
  it('groups processors by phase, and names each once', () => {
    const layout = layoutMatrix(snapshotWith([]), view);
    const lines = layout.lines.map((line) => (line.kind === 'phase' ? line.label : snapshotWith([]).nodes[line.node]?.id));
    assert.deepEqual(lines, ['Sources', 'BOX', 'Analytics', 'PGS', 'TDGS', 'Precompute', 'TDZA', 'PDC', 'PCF', 'MLFS']);
    const texts = words(snapshotWith([]), view);
    for (const text of lines) assert.equal(texts.filter((other) => other === text).length, 1, text);
  });

  it('has a band above every second season, and a line between two', () => {
    const layout = layoutMatrix(snapshotWith([]), view);
    const ops = paintMatrix(snapshotWith([]), layout, palette, {});
    const second = layout.segments[1];
    assert.ok(second !== undefined);
    const bands = ops.flatMap((op) => (op.op === 'fill' && op.color === 'band' ? op : []));
    assert.deepEqual(
      bands.map(({ x, w }) => [x, w]),
      [[SIZE.gutter + second.x, SEASON_DAYS[1] * 16]],
    );
    const between = SIZE.gutter + second.x - SIZE.seasonGap / 2;
    assert.ok(ops.some((op) => op.op === 'fill' && op.x === between && op.w === 1 && op.h > 300));
  });

  it('has a tick with a name for each month with room, and years where columns are months', () => {
    const days = words(snapshotWith([]), view);
    assert.ok(days.includes('Nov 2021') && days.includes('Oct 2021  ·  2021-22') && days.includes('Feb 2022'), days.join('|'));
    const months = words(snapshotWith([]), at(levelOf('month')));
    assert.ok(months.includes('2021  ·  2021-22') && months.includes('Nov'), months.join('|'));
    // Narrow dates are numbered on Mondays only.
    const narrow = textsOf(snapshotWith([]), at(5)).filter(({ y, text }) => y === 34 && /^\d+$/.test(text));
    assert.deepEqual(
      narrow.slice(0, 3).map(({ text }) => text),
      ['25', '1', '8'],
    );
  });

  it('names the month of a single date, and says of one processor with nothing expected that nothing is', () => {
    const whole = snapshotWith([]);
    const one: Snapshot = {
      ...whole,
      nodes: whole.nodes.slice(1, 2),
      seasons: [{ name: 'One', from: SNAPSHOT_START, to: SNAPSHOT_START }],
      dayCount: 1,
      ...{ status: Uint8Array.of(statusCode('off')), off: Uint8Array.of(1), flags: new Uint8Array(1), rows: Int32Array.of(0) },
      ...{ expectedRows: Int32Array.of(0), rootSet: new Int32Array(1), dates: Uint8Array.of(0) },
    };
    assert.ok(words(one, view).includes('Oct 2021  ·  One'), words(one, view).join('|'));
    assert.equal(sentence(describeCell(one, { node: 0, day: SNAPSHOT_START })), 'PGS · 2021-10-19, Tuesday. off: bootstrap');
    assert.deepEqual(describeLine(one, 0), ['PGS, Player game summary']);
    assert.equal(nextGap(one, { day: SNAPSHOT_START }, 1), undefined);
  });

  it('says of a week without anything expected that nothing is', () => {
    const whole = snapshotWith([]);
    const off = {
      ...whole,
      status: whole.status.slice().fill(statusCode('off')),
      off: whole.off.slice().fill(1),
      dates: new Uint8Array(whole.dayCount),
    };
    const week = sentence(describeCell(off, { node: 4, day: SNAPSHOT_START + 13 }, SNAPSHOT_START + 19));
    assert.equal(week, 'PDC · 2021-11-01 to 2021-11-07. off. Nothing is expected');
    assert.equal(
      sentence(describeCell(off, { day: SNAPSHOT_START }, SNAPSHOT_START + 5)),
      'All processors · 2021-10-19 to 2021-10-24. off',
    );
    assert.equal(summaryOf(off).all.expected, 0);
  });

  it('keeps the month that is scrolled half away named at the edge', () => {
    const november = textsOf(snapshotWith([]), { ...view, width: 600, scrollX: 20 * 16 }).find(({ text }) =>
      text.startsWith('Nov 2021'),
    );
    assert.equal(november?.x, SIZE.gutter + 4);
  });

  it('sums up each line and each column, and says a hundred only where nothing lacks', () => {
    const snapshot = snapshotWith(HOLES);
    const line = (id: string) => {
      const texts = textsOf(snapshot, view);
      const y = texts.find(({ text }) => text === id)?.y;
      return texts.filter((other) => other.y === y && other.x < SIZE.gutter).map(({ text }) => text);
    };
    assert.deepEqual(line('PDC'), ['PDC', 'Player daily cache', '98 %', '1']);
    assert.deepEqual(line('PGS'), ['PGS', 'Player game summary', '100 %']);
    assert.deepEqual(line('All processors'), ['All processors', '2', '99 %']);
    assert.ok(words(snapshot, at(4)).includes('2 gaps'), 'a wide column says how many');
    const { all, byDate } = summaryOf(snapshot);
    assert.deepEqual([all.gaps, all.expected - all.complete, byDate.gaps[17], byDate.expected[17]], [2, 2, 2, 6]);
  });

  it('tells a line and all processors of a week as a screen reader hears them', () => {
    const snapshot = snapshotWith(HOLES);
    assert.deepEqual(describeLine(snapshot, 4), ['PDC, Player daily cache', '98 % complete', '1 gap']);
    assert.deepEqual(describeLine(snapshot, undefined), ['All processors', '99 % complete', '2 gaps']);
    assert.equal(
      sentence(describeCell(snapshot, { day: SNAPSHOT_START + 13 }, SNAPSHOT_START + 19)),
      'All processors · 2021-11-01 to 2021-11-07. incomplete. 34 of 36 partitions complete. 2 gaps',
    );
  });

  it('writes rows beside the shape where there is room, short where they are many, and nothing where there is none', () => {
    const snapshot = snapshotWith(HOLES);
    snapshot.rows.set([9_999, 12_345, 2_000_000]);
    const wide = words(snapshot, at(8));
    for (const text of ['9999', '12k', '2M', '120']) assert.ok(wide.includes(text), text);
    assert.ok(!words(snapshot, view).includes('120'));
    assert.ok(words(snapshot, at(4)).includes('5/6'), 'of a week how many are complete');
    // Beside its own shape, not at the next one.
    const first = textsOf(snapshot, at(8)).find(({ text }) => text === '9999');
    assert.ok(first !== undefined && first.align === 'left' && first.x - SIZE.gutter < 28);
  });

  it('shows of a column as much as is complete as a bar, for a line and for all processors', () => {
    const snapshot = snapshotWith(HOLES);
    const layout = layoutMatrix(snapshot, at(2));
    const bars = paintMatrix(snapshot, layout, palette, {}).flatMap((op) =>
      op.op === 'fill' && op.h === 3 && op.color === 'color-complete' ? op : [],
    );
    // MLFS, PDC and all processors, of a single week.
    assert.deepEqual(
      bars.map(({ w }) => w / 13),
      [5 / 6, 5 / 6, 34 / 36],
    );
  });
});

describe('gap matrix: the way to a cause', () => {
  /** MLFS of a date, blocked by PDC of the fifteen dates up to it. */
  function windowed(): Snapshot {
    const snapshot = snapshotWith(HOLES);
    const roots = Int32Array.from({ length: 45 }, (_, index) => 4 * snapshot.dayCount + index);
    return { ...snapshot, rootCells: [new Int32Array(), roots], rootTexts: ['', 'PDC'], causeOfSet: Int32Array.of(-1, 0) };
  }

  it('has all roots, however many', () => {
    const trail = trailOf(windowed(), { node: 6, day: SNAPSHOT_START + 17 });
    assert.equal(trail?.roots.length, 45);
    assert.equal(trail?.steps.length, 45);
  });

  it('hides no shape of any status, at any zoom', () => {
    const snapshot = windowed();
    fc.assert(
      fc.property(
        fc.constantFrom(...LEVELS),
        fc.integer({ min: 0, max: 300 }),
        fc.integer({ min: 0, max: 30 }),
        (zoom, scrollX, scrollY) => {
          const layout = layoutMatrix(snapshot, { ...view, width: 800, height: 250, zoom, scrollX, scrollY });
          const trail = trailOf(snapshot, { node: 6, day: SNAPSHOT_START + 17 });
          assert.ok(trail !== undefined);
          const ops: PaintOp[] = [];
          paintTrail(ops, layout, trail, palette);
          assert.ok(ops.length > 2);
          const shapes = layout.lines
            .filter((line): line is Extract<Line, { kind: 'node' }> => line.kind === 'node')
            .flatMap((line) =>
              visibleColumns(layout).map((column) => ({
                x: SIZE.gutter + column.x - layout.view.scrollX,
                y: SIZE.header + line.y - layout.view.scrollY,
                w: zoom.width,
                h: line.height,
              })),
            );
          for (const op of ops) {
            if (op.op !== 'path') continue;
            for (const [index, [x, y]] of op.points.entries()) {
              const before: readonly [number, number] | undefined = op.points[index - 1];
              const px: number = before?.[0] ?? x;
              const py: number = before?.[1] ?? y;
              for (const box of shapes) {
                const overlaps: boolean =
                  Math.max(x, px) > box.x + 1.5 &&
                  Math.min(x, px) < box.x + box.w - 1.5 &&
                  Math.max(y, py) > box.y + 3 &&
                  Math.min(y, py) < box.y + box.h - 3;
                assert.equal(overlaps, false, JSON.stringify({ op, box }));
              }
            }
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('frames roots that stand side by side as one', () => {
    const layout = layoutMatrix(windowed(), view);
    const trail = trailOf(windowed(), { node: 6, day: SNAPSHOT_START + 17 });
    assert.ok(trail !== undefined);
    const ops: PaintOp[] = [];
    paintTrail(ops, layout, trail, palette);
    const frames = ops.flatMap((op) => (op.op === 'stroke' ? op : []));
    assert.deepEqual(
      frames.map(({ x, w }) => [x, w]),
      [[SIZE.gutter, 45 * 16]],
    );
  });
});

describe('gap matrix: a picture for a file', () => {
  const shown = { nodes: [0, 1, 2, 3, 4, 5, 6], selected: NOTHING, shown: undefined };

  it('holds every line and date, a title and the legend', () => {
    const snapshot = snapshotWith(HOLES);
    const picture = paintPicture(snapshot, { ...shown, level: levelOf('day') }, palette);
    const texts = picture.ops.flatMap((op) => (op.op === 'text' ? op.text : []));
    assert.match(texts[0] ?? '', /^NBA seasons · 2 gaps · as of .* backfill thresholds$/);
    for (const look of LEGEND) assert.ok(texts.includes(look), look);
    assert.equal(texts.filter((text) => text === '12').length, 4, 'the last date of the second season is there');
    assert.equal(picture.width, SIZE.gutter + 105 * 16 + SIZE.seasonGap);
  });

  it('goes farther away rather than leave out dates', () => {
    const days = 5_000;
    const snapshot = snapshotWith([]);
    const many: Snapshot = {
      ...snapshot,
      dayCount: days,
      seasons: [{ name: 'all', from: snapshot.firstDay, to: snapshot.firstDay + days - 1 }],
      status: new Uint8Array(7 * days).fill(statusCode('complete')),
      off: new Uint8Array(7 * days).fill(255),
      rootSet: new Int32Array(7 * days),
      dates: new Uint8Array(days).fill(3),
    };
    const picture = paintPicture(many, { ...shown, level: LEVELS.length - 1 }, palette);
    assert.ok(picture.width <= 16_000);
    const months = picture.ops.flatMap((op) => (op.op === 'text' && op.y === 34 + 14 ? op.text : []));
    assert.equal(months.length, 165, 'each month from October 2021 to June 2035 with room for its name');
    assert.equal(months.at(-1), 'Jun');
  });
});

describe('gap matrix: places and what was saved', () => {
  it('moves nothing by itself, for those who want less motion', () => {
    assert.doesNotMatch(readFileSync('webview/matrix/matrix.css', 'utf8'), /animation|transition|scroll-behavior/);
  });

  it('finds the nearest date that has a column, from anywhere', () => {
    const snapshot = snapshotWith([]);
    const near = (offset: number) => nearestDay(snapshot, SNAPSHOT_START + offset) - SNAPSHOT_START;
    assert.deepEqual([near(-500), near(5), near(59), near(60), near(99), near(100), near(9_999)], [0, 5, 59, 100, 100, 100, 144]);
    assert.equal(nearestDay({ ...snapshot, seasons: [] }, SNAPSHOT_START + 70), SNAPSHOT_START + 70);
  });

  it('goes only to gaps that count', () => {
    const snapshot = snapshotWith(HOLES);
    const mlfs = nextGap(snapshot, undefined, 1, (node) => node === 6);
    assert.deepEqual(mlfs, { node: 6, day: SNAPSHOT_START + 17 });
    assert.equal(
      nextGap(snapshot, undefined, 1, () => false),
      undefined,
    );
  });

  it('reads what any release may have saved, and back what it saves itself', () => {
    fc.assert(
      fc.property(fc.anything(), (saved) => {
        const read = readSavedView(saved, LEGEND);
        assert.deepEqual(readSavedView(JSON.parse(JSON.stringify(read)), LEGEND), read);
      }),
    );
    const whole = {
      level: 3,
      focus: { node: 'PDC', date: '2021-11-05' },
      scroll: { date: '2021-11-01', y: 40 },
      select: 'gaps',
      filter: 'pre',
      onlyGaps: true,
      shown: ['failed'],
      causes: true,
    };
    assert.deepEqual(readSavedView(whole, LEGEND), whole);
  });

  it('knows whether all of a block is selected', () => {
    const snapshot = snapshotWith([]);
    const block = { nodes: [1, 2], from: SECOND + 14, to: SECOND + 16 };
    const cells = withBlock(snapshot, undefined, block, 1);
    assert.equal(isBlockSelected(snapshot, cells, block), true);
    assert.equal(isBlockSelected(snapshot, cells, { ...block, to: SECOND + 17 }), false);
    assert.equal(isBlockSelected(snapshot, cells, { ...block, nodes: [0] }), false, 'nothing of a source can be');
    assert.equal(isBlockSelected(snapshot, undefined, block), false);
  });

  it('writes names with signs so that they are read as what they are', () => {
    const snapshot = snapshotWith(HOLES);
    const phases: Readonly<Record<string, string>> = { phase3: 'R&D | "old"', phase4: "it's, really" };
    const nodes = snapshot.nodes.map((node) => ({
      ...node,
      id: node.id === 'PDC' ? 'P & "C", \\D' : node.id,
      phase: phases[node.phase] ?? node.phase,
    }));
    const odd = { ...snapshot, nodes };
    for (const picked of [[1, 2], [3, 4, 5, 6], [4], [1, 2, 4]]) {
      const cells = withBlock(odd, undefined, { nodes: picked, from: SECOND + 14, to: SECOND + 20 }, 1);
      const { text } = selectCells(odd, cells);
      const read = readSelected(odd, text);
      assert.equal(read.problem, undefined, text);
      assert.deepEqual(read.cells, cells, text);
    }
  });
});

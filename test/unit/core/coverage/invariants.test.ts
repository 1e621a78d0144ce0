import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatDay } from '../../../../src/base/day';
import { DATE_STATUSES, isGap, STATUSES, type Status } from '../../../../src/base/status';
import { classify } from '../../../../src/core/coverage/classify';
import { type CoverageGrid, type CoverageInput, type Explanation, FLAG } from '../../../../src/core/coverage/coverage';
import { dateCoverage, dateStatuses } from '../../../../src/core/coverage/dates';
import { explain } from '../../../../src/core/coverage/explain';
import { gapCells, gapsByRoot } from '../../../../src/core/coverage/gaps';
import { coverageReport } from '../../../../src/core/coverage/report';
import { fixText, overlayText, partitionKey, reasonText, rootText } from '../../../../src/core/words';
import { arbitraryInput } from '../../../support/arbitraries';
import { type AnyNeedSpec, buildInput, type InputSpec } from '../../../support/builders';

function keyOf(input: CoverageInput, grid: CoverageGrid, cell: number): string {
  return partitionKey(input.pipeline.nodes[Math.floor(cell / grid.dayCount)]?.id ?? '', grid.firstDay + (cell % grid.dayCount));
}

/** By partition: what must not depend on the order of the file. */
function verdicts(input: CoverageInput): Map<string, string> {
  const grid = classify(input);
  const result = new Map<string, string>();
  for (const cell of grid.status.keys()) {
    const roots = [...(grid.rootSets[grid.rootSet[cell] ?? 0] ?? [])].map((root) => keyOf(input, grid, root)).sort();
    const facts = [STATUSES[grid.status[cell] ?? 0], grid.off[cell], grid.flags[cell], grid.expectedRows[cell], ...roots];
    result.set(keyOf(input, grid, cell), facts.join(' '));
  }
  return result;
}

function* cellsOf(grid: CoverageGrid): Generator<{ node: number; day: number; cell: number }> {
  for (let node = 0; node < grid.nodeCount; node++) {
    for (let offset = 0; offset < grid.dayCount; offset++) {
      yield { node, day: grid.firstDay + offset, cell: node * grid.dayCount + offset };
    }
  }
}

/** complete = stale > partial > suspect > blocked = failed = missing. Others are not compared. */
const RANK: Partial<Record<Status, number>> = {
  complete: 3,
  stale: 3,
  partial: 2,
  suspect: 1,
  blocked: 0,
  failed: 0,
  missing: 0,
};

describe('invariants of coverage', () => {
  it('do not depend on the order of nodes, needs and alternatives', () => {
    const shuffled = arbitraryInput.chain((spec) =>
      fc
        .tuple(
          fc.shuffledSubarray([...spec.nodes], { minLength: spec.nodes.length }),
          fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }),
        )
        .map(([nodes, flips]) => {
          const turned = <T>(items: readonly T[], index: number): readonly T[] =>
            flips[index % 20] ? [...items].reverse() : items;
          const turn = (need: AnyNeedSpec, index: number): AnyNeedSpec =>
            typeof need === 'object' && 'anyOf' in need ? { ...need, anyOf: turned(need.anyOf, index) } : need;
          const others: InputSpec = {
            ...spec,
            nodes: nodes.map((node, index) => ({ ...node, needs: turned(node.needs ?? [], index).map(turn) })),
          };
          return [spec, others] as const;
        }),
    );
    fc.assert(
      fc.property(shuffled, ([spec, others]) => {
        const left = verdicts(buildInput(spec));
        const right = verdicts(buildInput(others));
        assert.equal(right.size, left.size);
        for (const [key, verdict] of left) assert.equal(right.get(key), verdict, key);
      }),
      { numRuns: 300 },
    );
  });

  it('filling a root makes it better and no other partition worse', () => {
    let filled = 0;
    fc.assert(
      fc.property(arbitraryInput, fc.nat(), (spec, choice) => {
        const input = buildInput(spec);
        const grid = classify(input);
        const roots = new Set([...grid.rootSet].flatMap((set) => [...(grid.rootSets[set] ?? [])]));
        const fillable = [...roots].filter((cell) => {
          const { node, day } = place(input, grid, cell);
          const found = explain(input, grid, node, day);
          return isGap(found.status) && found.roots.some((root) => root.fix !== 'lowerOrWaive');
        });
        const cell = fillable[choice % Math.max(1, fillable.length)];
        if (cell === undefined) return;
        filled++;
        const { node, day } = place(input, grid, cell);
        const id = input.pipeline.nodes[node]?.id ?? '';
        const after = classify(buildInput(fill(spec, id, formatDay(day))));
        assert.equal(after.dayCount, grid.dayCount);
        assert.ok((rankAt(after, cell) ?? 0) > (rankAt(grid, cell) ?? 0), `${id} ${formatDay(day)} gets better`);
        for (const other of grid.status.keys()) {
          const [before, now] = [rankAt(grid, other), rankAt(after, other)];
          assert.ok(before === undefined || (now ?? -1) >= before, `${keyOf(input, grid, other)} from ${before} to ${now}`);
        }
      }),
      { numRuns: 400 },
    );
    assert.ok(filled > 100, `only ${filled} roots were filled`);
  });

  it('every gap has at least one root, and every root a fix; nothing else has roots', () => {
    fc.assert(
      fc.property(arbitraryInput, (spec) => {
        const input = buildInput(spec);
        const grid = classify(input);
        for (const { node, day, cell } of cellsOf(grid)) {
          const gap = isGap(STATUSES[grid.status[cell] ?? 0] ?? 'off') && ((grid.flags[cell] ?? 0) & FLAG.waived) === 0;
          const { roots } = explain(input, grid, node, day);
          assert.equal(roots.length > 0, gap, keyOf(input, grid, cell));
          assert.deepEqual(
            roots.map((root) => partitionKey(root.node, root.day)),
            [...(grid.rootSets[grid.rootSet[cell] ?? 0] ?? [])].map((root) => keyOf(input, grid, root)),
          );
          for (const root of roots) assert.ok(fixText(root).length > 0 && rootText(root).length > 0);
        }
      }),
    );
  });

  it('explain agrees with the grid, and its reasons with the status', () => {
    fc.assert(
      fc.property(arbitraryInput, (spec) => {
        const input = buildInput(spec);
        const grid = classify(input);
        for (const { node, day, cell } of cellsOf(grid)) {
          const found = explain(input, grid, node, day);
          assert.equal(found.status, STATUSES[grid.status[cell] ?? 0]);
          assert.equal(found.rows, grid.rows[cell]);
          assertStatusFollows(found);
          for (const reason of found.reasons) assert.ok(reasonText(reason).length > 0);
          for (const overlay of found.overlays) assert.ok(overlayText(overlay).length > 0);
        }
      }),
    );
  });

  it('dates, gaps and report tell the same', () => {
    fc.assert(
      fc.property(arbitraryInput, (spec) => {
        const input = buildInput(spec);
        const grid = classify(input);
        const dates = dateCoverage(input, grid, {});
        assert.deepEqual(
          dates.map(({ status }) => status),
          [...dateStatuses(input, grid)].map((code) => DATE_STATUSES[code]),
        );
        const gaps = gapCells(input, grid, {});
        const gapDays = new Set(gaps.map((cell) => grid.firstDay + (cell % grid.dayCount)));
        for (const { day, status, roots, summary } of dates) {
          assert.equal(status === 'incomplete', gapDays.has(day));
          assert.equal(roots.length > 0, status === 'incomplete');
          assert.ok(summary.length > 0);
        }
        const grouped = gapsByRoot(input, grid, {}).flatMap((group) => group.gaps.map((gap) => partitionKey(gap.node, gap.day)));
        assert.deepEqual(grouped.sort(), gaps.map((cell) => keyOf(input, grid, cell)).sort());
        const report = coverageReport(input, grid, {}, 'warehouse');
        assert.equal(
          report.processors.reduce((sum, processor) => sum + processor.gaps, 0),
          gaps.length,
        );
        for (const { id, absentRanges } of report.processors) {
          const absent = report.partitions
            .filter(({ processor, rows }) => processor === id && (rows ?? 0) === 0)
            .map(({ date }) => date);
          const inRanges = absent.filter(
            (date) => absentRanges.filter(({ from, to }) => from <= date && date <= to).length === 1,
          );
          assert.deepEqual(inRanges, absent);
        }
        assert.deepEqual(JSON.parse(JSON.stringify(report)).mode, grid.mode);
      }),
    );
  });

  it('classify takes whatever it gets', () => {
    const wild = fc.record({
      spec: arbitraryInput,
      days: fc.array(fc.integer({ min: -3_000_000, max: 3_000_000 }), { maxLength: 5 }),
      rows: fc.array(fc.integer({ min: -5, max: 5 }), { maxLength: 5 }),
      now: fc.oneof(fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -1), fc.double()),
      zone: fc.constantFrom('Nowhere/Else', '', 'UTC'),
      key: fc.string(),
      stray: fc.integer({ min: -2, max: 9 }),
    });
    fc.assert(
      fc.property(wild, ({ spec, days, rows, now, zone, key, stray }) => {
        const input = buildInput(spec);
        const odd = { days: Int32Array.from(days), rows: Int32Array.from(rows), checks: [], readAt: 1 };
        const { pipeline, observations, attempts } = input;
        const broken: CoverageInput = {
          ...input,
          now,
          pipeline: {
            ...pipeline,
            due: { afterDays: 1, zone },
            nodes: pipeline.nodes.map((node) => (node.index === 1 ? { ...node, calendar: stray } : node)),
          },
          observations: { ...observations, nodes: new Map([...observations.nodes, ['N0', odd]]) },
          attempts: {
            ...attempts,
            last: new Map([...attempts.last, [key, { backfill: '', attempt: '', outcome: 'done', endedAt: 0, inputs: [] }]]),
          },
          waivers: [{ node: key, from: stray, to: -stray, reason: '', author: '' }],
        };
        const grid = classify(broken);
        assert.ok(grid.dayCount < 110_000, `${grid.dayCount} dates`);
        for (let offset = 0; offset < Math.min(20, grid.dayCount); offset++) explain(broken, grid, 0, grid.firstDay + offset);
        assert.equal(explain(broken, grid, 99, 0).status, 'off');
      }),
    );
  });
});

function place(input: CoverageInput, grid: CoverageGrid, cell: number): { node: number; day: number } {
  assert.ok(input.pipeline.nodes.length * grid.dayCount > cell);
  return { node: Math.floor(cell / grid.dayCount), day: grid.firstDay + (cell % grid.dayCount) };
}

function rankAt(grid: CoverageGrid, cell: number): number | undefined {
  return RANK[STATUSES[grid.status[cell] ?? 0] ?? 'off'];
}

/** The same with a partition that holds all that anybody could ask of it, and nothing in the journal against it. */
function fill(spec: InputSpec, id: string, date: string): InputSpec {
  const full = { rows: 1000, entities: 1000, keys: 1000, checks: [1] };
  const last = Object.fromEntries(Object.entries(spec.last ?? {}).filter(([key]) => key !== `${id} ${date}`));
  return { ...spec, last, data: { ...spec.data, [id]: { ...spec.data?.[id], [date]: full } } };
}

const REASONS: Readonly<Record<Status, readonly string[]>> = {
  off: ['off'],
  running: [],
  queued: [],
  unknown: ['unavailable'],
  blocked: ['upstream'],
  failed: ['failed', 'interrupted', 'wroteNothing', 'succeededButEmpty', 'torn'],
  missing: ['neverRun', 'emptied'],
  suspect: ['torn', 'upstream', 'checkFailed', 'duplicates'],
  partial: ['belowExpectation'],
  stale: ['inputsChanged'],
  complete: [],
};

/** The status once more, from what the explanation says. */
function assertStatusFollows({ status, rows, reasons, needs }: Explanation): void {
  if (status === 'running' || status === 'queued') return;
  const unmet = needs.some(({ verdict, critical }) => critical && verdict === 'unmet');
  const first = reasons[0]?.kind;
  if (REASONS[status].length === 0) assert.equal(first, undefined, status);
  else assert.ok(first !== undefined && REASONS[status].includes(first), `${status}: ${first}`);
  if (status === 'blocked') assert.ok(unmet && rows === 0);
  if (status === 'failed' || status === 'missing') assert.ok(!unmet && rows === 0);
  if (status === 'partial' || status === 'stale' || status === 'complete') assert.ok(!unmet && rows > 0);
  if (status === 'suspect') assert.ok(rows > 0);
}

import assert from 'node:assert/strict';
import { deserialize, serialize } from 'node:v8';
import fc from 'fast-check';
import { classify } from '../../../../src/core/coverage/classify';
import { dateStatuses } from '../../../../src/core/coverage/dates';
import { gapsByRoot } from '../../../../src/core/coverage/gaps';
import { applyChange } from '../../../../src/protocol/applyChange';
import type { Snapshot } from '../../../../src/protocol/snapshot';
import { buildSnapshot, changeBetween } from '../../../../src/server/coverage/snapshots';
import { arbitraryInput } from '../../../support/arbitraries';
import { buildInput, type InputSpec } from '../../../support/builders';

function snapshot(spec: InputSpec, version: number, previous?: Snapshot): Snapshot {
  const input = buildInput(spec);
  const grid = classify(input);
  const rootText = (gap: number) =>
    `${input.pipeline.nodes[Math.floor(gap / grid.dayCount)]?.id} lacks ${grid.rootSets[grid.rootSet[gap] ?? 0]?.join()}`;
  return buildSnapshot(
    {
      input,
      grid,
      manifest: '/p/backfill.yaml',
      source: 'warehouse',
      dates: dateStatuses(input, grid),
      rootText,
      groups: gapsByRoot(input, grid, {}),
    },
    version,
    previous,
  );
}

const BASE: InputSpec = {
  seasons: [['2021-11-01', '2021-11-05']],
  nodes: [
    { id: 'BOX', phase: 'sources' },
    { id: 'A', needs: ['BOX'] },
    { id: 'B', needs: ['A'] },
  ],
  data: { BOX: { '2021-11-01': 5, '2021-11-03': 5 }, A: { '2021-11-01': 5 }, B: {} },
};

describe('snapshots', () => {
  it('carry sources, processors, and gaps of processors only', () => {
    const { nodes, gaps, status } = snapshot(BASE, 1);
    assert.deepEqual(
      nodes.map(({ id, phase, isSource }) => [id, phase, isSource]),
      [
        ['BOX', 'sources', true],
        ['A', 'phase1', false],
        ['B', 'phase1', false],
      ],
    );
    assert.equal(gaps, 9);
    assert.equal(status.length, 15);
  });

  it('tell the root causes of every gap, and of nothing else', () => {
    const { rootSet, rootTexts, rootCells } = snapshot(BASE, 1);
    rootSet.forEach((set) => {
      assert.equal(rootTexts[set] === '', set === 0);
      assert.equal(rootCells[set]?.length === 0, set === 0);
    });
    assert.ok(rootSet.some((set) => set !== 0));
  });

  it('say of every gap of a processor which cause it belongs to, in the words of the report', () => {
    const { rootSet, causes, causeOfSet, nodes, dayCount } = snapshot(BASE, 1);
    const counts = causes.map(() => 0);
    rootSet.forEach((set, cell) => {
      if (nodes[Math.floor(cell / dayCount)]?.isSource) return;
      assert.equal(causeOfSet[set] === -1, set === 0);
      if (set !== 0) counts[causeOfSet[set] ?? 0] = (counts[causeOfSet[set] ?? 0] ?? 0) + 1;
    });
    assert.deepEqual(
      counts,
      causes.map(({ gaps }) => gaps),
    );
    assert.match(causes[0]?.headline ?? '', /^\d+ gaps, 1 cause: BOX/);
    assert.deepEqual(
      nodes.map(({ upstream }) => upstream),
      [[], [0], [1]],
    );
  });

  it('keep the numbers of causes that stay, so that only cells that changed are sent', () => {
    const before = snapshot(BASE, 1);
    const after = snapshot({ ...BASE, data: { ...BASE.data, A: { '2021-11-01': 5, '2021-11-03': 5 } } }, 2, before);
    const change = changeBetween(before, after);
    const names = [...(change?.cells ?? [])].map((cell) => `${before.nodes[Math.floor(cell / 5)]?.id} ${cell % 5}`);
    assert.deepEqual(names, ['A 2', 'B 2']);
  });

  it('are equal after their change was applied, also across a process border', () => {
    let applied = 0;
    fc.assert(
      fc.property(arbitraryInput, arbitraryInput, (first, second) => {
        const before = snapshot(first, 1);
        // The same pipeline with other data, as after a backfill.
        const after = snapshot({ ...first, data: { ...first.data, ...pick(second.data, first.data) } }, 2, before);
        const change = changeBetween(before, after);
        if (change === undefined) {
          // Data far outside of the seasons widens the grid: that is no change of cells.
          assert.notDeepEqual([before.firstDay, before.dayCount], [after.firstDay, after.dayCount]);
          return;
        }
        applied++;
        const received = deserialize(serialize(change)) as typeof change;
        assert.deepEqual(applyChange(before, received), after);
      }),
    );
    assert.ok(applied > 50, `${applied} changes`);
  });

  it('ask for the whole when more than cells differs', () => {
    const before = snapshot(BASE, 1);
    const frames: InputSpec[] = [
      { ...BASE, mode: 'production' },
      { ...BASE, name: 'other' },
      { ...BASE, seasons: [['2021-11-01', '2021-11-06']] },
      { ...BASE, nodes: [...BASE.nodes, { id: 'C' }] },
    ];
    for (const frame of frames) assert.equal(changeBetween(before, snapshot(frame, 2, before)), undefined);
  });
});

function pick<T>(from: Readonly<Record<string, T>> = {}, keys: Readonly<Record<string, unknown>> = {}): Record<string, T> {
  return Object.fromEntries(Object.entries(from).filter(([key]) => key in keys));
}

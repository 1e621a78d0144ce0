import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckdbWarehouse } from '../../../src/adapters/duckdb/duckdbWarehouse';
import { FileStore } from '../../../src/adapters/duckdb/fileStore';
import { FileJournal } from '../../../src/adapters/journal/fileJournal';
import { MODES, type Mode, STATUSES } from '../../../src/base/status';
import { classify } from '../../../src/core/coverage/classify';
import { type CoverageGrid, type CoverageInput, FLAG } from '../../../src/core/coverage/coverage';
import { explain } from '../../../src/core/coverage/explain';
import { readManifest } from '../../../src/core/manifest/readManifest';
import { partitionKey } from '../../../src/core/words';
import { useTemporaryFolder } from '../../support/temporaryFolder';
import { dayOf, HOLES, PATIENCE_MS, partitionsOf, rootsOf, sampleMaker, warehouseIn } from './sample';

describe('the holes of the sample', function () {
  this.timeout(PATIENCE_MS);
  const folder = useTemporaryFolder();
  let input: CoverageInput;

  beforeEach(async () => {
    await (await sampleMaker()).makeSample(folder());
    input = await inputOf(folder());
  });

  for (const mode of MODES) {
    it(`are all gaps that coverage finds, with their statuses and sets of root causes, and no gap more, in mode ${mode}`, () => {
      assert.deepEqual(gapsFound(input, mode), gapsExpected());
    });
  }

  it('are the only partitions with rows on an off-day, or with too little for a consumer', () => {
    const grid = classify(input);
    const flagged = (flag: number) => cellsWhere(grid, (cell) => ((grid.flags[cell] ?? 0) & flag) !== 0);
    const expected = (entries: readonly { node: string; day: number }[]) =>
      entries.map(({ node, day }) => partitionKey(node, day)).sort();
    const names = (cells: readonly number[]) => cells.map((cell) => keyAt(input, grid, cell)).sort();

    const unexpected = HOLES.holes.flatMap((hole) => hole.unexpectedRows ?? []);
    assert.deepEqual(names(flagged(FLAG.unexpectedRows)), expected(unexpected.flatMap(partitionsOf)));
    assert.deepEqual(
      flagged(FLAG.unexpectedRows).map((cell) => grid.rows[cell]),
      unexpected.map(({ rows }) => rows),
    );

    const short = HOLES.holes.flatMap((hole) => hole.shortFor ?? []);
    assert.deepEqual(names(flagged(FLAG.shortFor)), expected(short.flatMap(partitionsOf)));
  });

  it('come with every kind of cure, each where it belongs', () => {
    const grid = classify(input);
    const cures = (node: string, date: string) => {
      const index = input.pipeline.nodes.findIndex(({ id }) => id === node);
      return explain(input, grid, index, dayOf(date)).roots.map((root) => `${root.fix} ${root.node}`);
    };
    assert.deepEqual(cures('MLFS', '2021-11-02'), ['lowerOrWaive PDC']);
    assert.deepEqual(cures('MLFS', '2021-11-29'), ['run TDZA']);
    assert.deepEqual(cures('PCF', '2023-01-10'), ['mendSource BOX']);
    assert.deepEqual(cures('TIER', '2025-02-11'), ['look PRED']);
    assert.deepEqual(cures('PRED', '2025-03-04'), ['run MLFS']);
  });

  it('come with a past backfill that the journal reads without a problem, and whose log is there', async () => {
    const journal = new FileJournal(join(folder(), '.backfill'));
    const pasts = HOLES.holes.flatMap((hole) => hole.journal ?? []);
    assert.deepEqual(
      await journal.list(),
      pasts.map(({ id }) => id),
    );
    for (const { id, done, failed } of pasts) {
      const record = await journal.read(id);
      assert.deepEqual(record?.problems, []);
      const outcomes = record?.events.flatMap((event) => (event.type === 'attemptEnded' ? `${event.date} ${event.outcome}` : []));
      assert.deepEqual(outcomes, [...done.map((date) => `${date} done`), `${failed} failed`].sort());
      for (const event of record?.events ?? []) {
        if (event.type === 'attemptStarted') assert.ok(existsSync(journal.logPath(id, event.log)));
      }
      const { last, active } = await journal.ledger();
      assert.equal(active.size, 0);
      const [attempt] = done.map((date) => last.get(`PRED ${date}`)?.after);
      assert.match(attempt ?? '', /^r[1-9]\d+ /);
    }
  });
});

function gapsExpected(): string[] {
  const gaps = HOLES.holes.flatMap(({ expect }) =>
    expect.flatMap((entry) =>
      partitionsOf(entry).map(({ node, day }) => ({ node, day, status: entry.status, roots: rootsOf(entry.roots, node, day) })),
    ),
  );
  return gaps
    .map(({ node, day, status, roots }) =>
      gapText(
        partitionKey(node, day),
        status,
        roots.map((root) => partitionKey(root.node, root.day)),
      ),
    )
    .sort();
}

/** Everything that is neither complete nor off, sources included. */
function gapsFound(input: CoverageInput, mode: Mode): string[] {
  const grid = classify({ ...input, mode });
  const status = (cell: number) => STATUSES[grid.status[cell] ?? 0] ?? '';
  const gaps = cellsWhere(grid, (cell) => status(cell) !== 'complete' && status(cell) !== 'off');
  return gaps
    .map((cell) => {
      const roots = [...(grid.rootSets[grid.rootSet[cell] ?? 0] ?? [])];
      return gapText(
        keyAt(input, grid, cell),
        status(cell),
        roots.map((root) => keyAt(input, grid, root)),
      );
    })
    .sort();
}

function gapText(partition: string, status: string, roots: readonly string[]): string {
  return `${partition} is ${status} because of ${[...roots].sort().join(', ')}`;
}

function cellsWhere(grid: CoverageGrid, matches: (cell: number) => boolean): number[] {
  return [...grid.status.keys()].filter(matches);
}

function keyAt({ pipeline }: CoverageInput, grid: CoverageGrid, cell: number): string {
  const node = pipeline.nodes[Math.floor(cell / grid.dayCount)];
  return partitionKey(node?.id ?? '', grid.firstDay + (cell % grid.dayCount));
}

async function inputOf(folder: string): Promise<CoverageInput> {
  const { pipeline, problems } = readManifest(await readFile(join(folder, 'backfill.yaml'), 'utf8'));
  assert.deepEqual(problems, []);
  assert.ok(pipeline);
  const now = Date.parse('2025-08-01T12:00:00Z');
  const warehouse = new DuckdbWarehouse(new FileStore(warehouseIn(folder)), { now: () => now });
  const { nodes, calendars, errors } = await warehouse.observe(pipeline);
  assert.deepEqual([...errors], []);
  return {
    pipeline,
    observations: { nodes, calendars, unavailableNodes: new Map(), unavailableCalendars: new Map() },
    mode: 'backfill',
    now,
    attempts: await new FileJournal(join(folder, '.backfill')).ledger(),
    waivers: [],
  };
}

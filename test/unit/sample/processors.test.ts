import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckdbWriter } from '../../../src/adapters/duckdb/duckdbWriter';
import { formatDay } from '../../../src/base/day';
import { readManifest } from '../../../src/core/manifest/readManifest';
import type { Processor } from '../../../src/core/pipeline';
import { runDuckdb } from '../../support/duckdb';
import { useTemporaryFolder } from '../../support/temporaryFolder';
import { dayOf, PATIENCE_MS, sampleMaker, warehouseIn, warehouseMaker } from './sample';

/** The first date of a season, the first after a bootstrap, a date in the shadow of the raw week, single games of a final, the middle. */
const GAME_DATES = [
  '2021-10-19',
  '2021-11-05',
  '2022-02-17',
  '2022-06-16',
  '2023-01-20',
  '2023-11-08',
  '2024-04-14',
  '2025-01-15',
];
/** Days without a game, for what is made every day. */
const OFF_DATES = ['2021-11-25', '2023-12-24', '2025-06-20'];

describe('the processors of the sample', function () {
  this.timeout(PATIENCE_MS);
  const folder = useTemporaryFolder();

  beforeEach(async () => {
    await (await sampleMaker()).makeSample(folder());
  });

  it('give for one date, replaced as the product does it, exactly the rows that the making of all dates gave', async () => {
    const { pipeline } = readManifest(await readFile(join(folder(), 'backfill.yaml'), 'utf8'));
    assert.ok(pipeline);
    const writer = new DuckdbWriter(warehouseIn(folder()));
    let compared = 0;
    for (const processor of pipeline.processors) {
      const [run] = processor.run;
      if (run?.kind !== 'sql') continue;
      const select = await readFile(join(folder(), run.file), 'utf8');
      const isDaily = pipeline.calendars[processor.calendar]?.kind === 'every';
      const dates = isDaily ? [...GAME_DATES, ...OFF_DATES] : GAME_DATES;
      const before = await rowsOf(folder(), processor, dates);
      for (const date of dates.filter((date) => before.has(date)))
        await writer.replace(processor, dayOf(date), select, new AbortController());
      await writer.release();
      const after = await rowsOf(folder(), processor, dates);
      for (const [date, rows] of before) {
        assert.deepEqual(after.get(date), rows, `${processor.id} ${date}`);
        compared++;
      }
    }
    // Five of Phase 3 on every game date, two of every day, three of Phase 4 after their bootstrap.
    assert.equal(compared, 5 * 8 + 2 * 10 + 3 * 7);
  });

  it('make in bulk from the SELECT of one date, by its parameter alone', async () => {
    const { selectForDates, readProcessors } = await warehouseMaker();
    const { processors } = readProcessors(folder());
    assert.equal(processors.length, 13);
    for (const { select } of processors) {
      assert.match(select, /@date/);
      assert.doesNotMatch(selectForDates(select, 'dates'), /@date/);
    }
  });
});

/** By date: the rows as JSON, sorted, without the time of their making. */
async function rowsOf(
  folder: string,
  { tables, dateColumn, where = 'true' }: Processor,
  dates: readonly string[],
): Promise<Map<string, readonly string[]>> {
  const list = dates.map((date) => `DATE '${date}'`).join(', ');
  const found = await runDuckdb(
    warehouseIn(folder),
    `SELECT (${dateColumn} - DATE '1970-01-01')::INTEGER AS day, list(line ORDER BY line) AS lines
     FROM (SELECT ${dateColumn}, content::JSON::VARCHAR AS line FROM (SELECT * EXCLUDE (processed_at) FROM ${tables[0]} WHERE ${where}) AS content)
     WHERE ${dateColumn} IN (${list})
     GROUP BY day`,
  );
  return new Map(
    found.map(({ day, lines }) => [formatDay(Number(day)), (lines as { items: readonly unknown[] }).items.map(String)]),
  );
}

import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackfillEvent, ManifestChoice } from '../../../../src/core/backfill/backfill';
import { runDuckdb } from '../../../support/duckdb';
import { ExecutionFixture } from '../../../support/execution';
import { useTemporaryFolder } from '../../../support/temporaryFolder';

const DATES = ['2021-11-01', '2021-11-02'];

/** What of a manifest changes between two sessions, and what the second date comes to by each choice. */
const CHANGES: readonly {
  readonly what: string;
  readonly from: string;
  readonly to: string;
  readonly told: RegExp;
  readonly asPlanned: string;
  readonly asItIsNow: string;
}[] = [
  {
    what: 'command',
    from: ', fill,',
    to: ', rows=7,',
    told: /^J: its command changed\.$/,
    asPlanned: 'done j:10',
    asItIsNow: 'done j:7',
  },
  {
    what: 'env',
    from: 'MARK: old',
    to: 'MARK: new',
    told: /^J: its environment changed\.$/,
    asPlanned: 'done old',
    asItIsNow: 'done new',
  },
  {
    what: 'threshold',
    from: 'min_rows: 5',
    to: 'min_rows: 11',
    told: /^J: its expectation changed\.$/,
    asPlanned: 'done j:10',
    asItIsNow: 'partial j:10',
  },
  {
    what: 'table',
    from: 'table: main.j,',
    to: 'table: main.k,',
    told: /^J: its table changed\.$/,
    asPlanned: 'done j:10',
    asItIsNow: 'succeededButEmpty j:10',
  },
  {
    what: 'where',
    from: 'where: "k >= 0"',
    to: 'where: "k >= 6"',
    told: /^J: its share of it changed\.$/,
    asPlanned: 'done of 10',
    asItIsNow: 'partial of 4',
  },
];

describe('a manifest that changes between the sessions of a backfill', function () {
  this.timeout(60_000);
  const folder = useTemporaryFolder();
  let fixture: ExecutionFixture;
  beforeEach(() => {
    fixture = new ExecutionFixture(folder());
  });

  const processor =
    '{ id: J, table: main.j, date_column: day, where: "k >= 0", expect: { min_rows: 5 }, env: { MARK: old }, run: { each: date, command: [$JOB, main.j, fill, "{date}"] } }';

  for (const { what, from, to, told, ...expected } of CHANGES) {
    for (const choice of ['asPlanned', 'asItIsNow'] as const satisfies readonly ManifestChoice[]) {
      it(`changes its ${what}, and is gone on with ${choice}`, async () => {
        await fixture.write(`phases: [{ id: one, processors: [${processor}] }]`, { j: {}, k: {} });
        const { plan } = await fixture.run({ dates: DATES });
        await cutAfterFirst(plan.id);
        await runDuckdb(fixture.database, `DELETE FROM main.j WHERE day = DATE '${DATES[1]}'`);
        const text = await readFile(fixture.manifest, 'utf8');
        assert.ok(text.includes(from));
        await writeFile(fixture.manifest, text.replace(from, to));
        const before = (await fixture.journal.read(plan.id))?.events.length;
        await assert.rejects(fixture.execute(plan, undefined, fixture.deps(), { resume: true }), { kind: 'changed' });
        assert.equal((await fixture.journal.read(plan.id))?.events.length, before, 'nothing was decided');

        const { events } = await fixture.execute(plan, undefined, fixture.deps(), { resume: true, manifest: choice });
        const started = events.findLast(({ type }) => type === 'started');
        assert.ok(started?.type === 'started' && started.by === choice);
        assert.equal(started.changed?.length, 1);
        assert.match(started.changed?.[0] ?? '', told);
        const end = events.findLast((event) => event.type === 'attemptEnded');
        const [outcome, seen = ''] = expected[choice].split(' ');
        assert.deepEqual([end?.date, end?.outcome], [DATES[1], outcome]);
        if (seen.startsWith('j:')) assert.equal((await fixture.rows('main.j'))[DATES[1] ?? ''], Number(seen.slice(2)));
        else if (seen === 'of') assert.equal(end?.rowsAfter, Number(expected[choice].split(' ')[2]));
        else assert.equal((await fixture.calls()).at(-1)?.env['MARK'], seen);
      });
    }
  }

  for (const [choice, rows] of [
    ['asPlanned', 10],
    ['asItIsNow', 7],
  ] as const) {
    it(`goes on ${choice} where a release of the product has changed the preset that it extends`, async () => {
      await fixture.write(`phases: [{ id: one, processors: [${processor}] }]`, { j: {} });
      const { plan } = await fixture.run({ dates: DATES });
      await cutAfterFirst(plan.id);
      await runDuckdb(fixture.database, `DELETE FROM main.j WHERE day = DATE '${DATES[1]}'`);
      const text = await readFile(fixture.manifest, 'utf8');
      const [version, name, ...preset] = text.split('\n');
      const manifest = `${version}\n${name}\nextends: preset:own\n`;
      const inputs = { manifest, presets: { own: preset.join('\n') }, sql: {} };
      const path = join(fixture.journal.folder(plan.id), 'inputs.json');
      const known = JSON.parse(await readFile(path, 'utf8')) as object;
      await writeFile(path, JSON.stringify({ ...known, ...inputs }));
      await writeFile(fixture.manifest, text.replace(', fill,', ', rows=7,'));
      await assert.rejects(fixture.execute(plan, undefined, fixture.deps(), { resume: true }), {
        kind: 'changed',
        message: /^J: its command changed\./,
      });
      await fixture.execute(plan, undefined, fixture.deps(), { resume: true, manifest: choice });
      assert.equal((await fixture.rows('main.j'))[DATES[1] ?? ''], rows);
    });
  }

  /** As if the executor had died when its first date was done. */
  async function cutAfterFirst(id: string): Promise<void> {
    const path = join(fixture.journal.folder(id), 'events.ndjson');
    const lines = (await readFile(path, 'utf8')).trim().split('\n');
    const first = lines.findIndex((line) => (JSON.parse(line) as BackfillEvent).type === 'attemptEnded');
    await rm(path);
    await writeFile(path, `${lines.slice(0, first + 1).join('\n')}\n`);
  }
});

import assert from 'node:assert/strict';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { EventFile } from '../../../../src/adapters/journal/eventFile';
import { eventToText } from '../../../../src/adapters/journal/journalText';
import type { BackfillEvent } from '../../../../src/core/backfill/backfill';
import { ledgerOf } from '../../../../src/core/backfill/ledger';
import { progressOf } from '../../../../src/core/backfill/progress';
import { useTemporaryFolder } from '../../../support/temporaryFolder';
import { attempted, ended, eventsOf, planOf, started } from '../../cli/backfillFixture';

const DAYS = [5, 6, 7, 8];
const PLAN = planOf(DAYS.map((day) => ['PDC', day] as const));
const EVENTS: readonly BackfillEvent[] = eventsOf([
  [0, started],
  ...DAYS.flatMap((day) => [[day, attempted('PDC', day)] as const, [day + 1, ended('PDC', day, 1)] as const]),
  [20, { type: 'ended', result: 'done' }],
]);
const LINES = EVENTS.map((event) => `${eventToText(event)}\n`);
const BYTES = Buffer.from(LINES.join(''));

describe('EventFile', () => {
  const folder = useTemporaryFolder();

  it('keeps every line that was written whole, wherever the file was cut off', async () => {
    const path = join(folder(), 'events.ndjson');
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: BYTES.length }), async (length) => {
        await writeFile(path, BYTES.subarray(0, length));
        const file = new EventFile(path);
        const { events } = await file.read();
        const whole = BYTES.subarray(0, length).toString('utf8').split('\n').length - 1;
        assert.ok(events.length === whole || events.length === whole + 1);
        assert.deepEqual(events, EVENTS.slice(0, events.length));

        await file.append([{ type: 'note', message: 'on' }], () => 0);
        const after = await new EventFile(path).read();
        assert.deepEqual(after.events.slice(0, -1), events, 'what was read before is read after');
        assert.equal(after.events.at(-1)?.seq, events.length + 1);
        assert.ok((await readFile(path)).subarray(0, length).equals(BYTES.subarray(0, length)), 'nothing is rewritten');
      }),
      { numRuns: 60 },
    );
  });

  it('folds whatever the bytes have become', async () => {
    const path = join(folder(), 'events.ndjson');
    const damage = fc.array(fc.tuple(fc.nat(BYTES.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(damage, fc.boolean(), async (changes, alive) => {
        const bytes = Buffer.from(BYTES);
        for (const [at, value] of changes) bytes[at] = value;
        await writeFile(path, bytes);
        const { events, problems } = await new EventFile(path).read();
        const { done, failed, interrupted, skipped, running, waiting, total } = progressOf(PLAN, events, alive);
        assert.equal(done + failed + interrupted + skipped + running + waiting, total);
        ledgerOf([{ plan: PLAN, events, ownerAlive: alive }]);
        if (events.length < EVENTS.length) assert.ok(problems.length > 0, 'what is lost is told');
      }),
      { numRuns: 100 },
    );
  });

  it('reads in pieces what it reads as a whole', async () => {
    const path = join(folder(), 'events.ndjson');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: BYTES.length }), { maxLength: 8 }), async (cuts) => {
        await writeFile(path, '');
        const file = new EventFile(path);
        let from = 0;
        for (const to of [...cuts.toSorted((a, b) => a - b), BYTES.length]) {
          await appendFile(path, BYTES.subarray(from, to));
          from = to;
          await file.read();
        }
        assert.deepEqual(await file.read(), { events: EVENTS, problems: [], unreadLines: 0 });
      }),
      { numRuns: 60 },
    );
  });
});

import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackfillEvent } from '../../../../src/core/backfill/backfill';
import { useBigqueryFolder } from '../../../support/bigqueryFolder';
import { jobAnswer, notFound } from '../../../support/bigqueryGate';

const DATE = '2021-11-05';
const ONE = { processors: ['V1'], dates: [DATE] };

describe('A backfill on BigQuery whose executor died after it had submitted a job', function () {
  this.timeout(120_000);
  const folder = useBigqueryFolder();

  for (const { fate, left, submitted, outcome } of [
    { fate: 'done', left: true, submitted: 0, outcome: 'done 1' },
    { fate: 'done after a while', left: true, submitted: 0, outcome: 'done 1' },
    { fate: 'failed', left: false, submitted: 1, outcome: 'done 2' },
    { fate: 'absent', left: false, submitted: 1, outcome: 'done 2' },
  ] as const) {
    it(`goes by what became of that: ${fate}`, async () => {
      const { fixture } = folder();
      const { plan } = await fixture.run(ONE);
      const path = join(fixture.journal.folder(plan.id), 'events.ndjson');
      const lines = (await readFile(path, 'utf8')).trim().split('\n');
      const kept = lines.findIndex((line) => (JSON.parse(line) as BackfillEvent).type === 'remoteJob') + 1;
      assert.ok(kept > 0);
      await rm(path);
      await writeFile(path, `${lines.slice(0, kept).join('\n')}\n`);
      if (!left) await folder().run("DELETE FROM mart.store WHERE day = DATE '2021-11-05'");

      const job = `backfill_${plan.id}_V1-${DATE}-1`;
      const changes: string[] = [];
      let asked = 0;
      folder().gate.keeper = (request, forward) => {
        const { method, jobId = '', sql } = request;
        if (method === 'POST' && sql?.startsWith('MERGE') === true && !request.dryRun) changes.push(jobId);
        if (jobId !== job) return forward();
        asked += 1;
        if (fate === 'absent') return notFound(`Job p:${job}`);
        if (fate === 'failed') return jobAnswer(job, 'DONE', { reason: 'invalidQuery', message: 'no' });
        return jobAnswer(job, fate === 'done' || asked > 2 ? 'DONE' : 'RUNNING');
      };
      const { result, events } = await fixture.execute(plan, undefined, fixture.deps(), { resume: true });
      assert.equal(result, 'done', JSON.stringify(events));
      const ends = events.flatMap((event) => (event.type === 'attemptEnded' ? [`${event.outcome} ${event.attempt.at(-1)}`] : []));
      assert.deepEqual(ends, [outcome]);
      assert.equal(changes.length, submitted);
      assert.equal(
        events.some((event) => event.type === 'note' && /still runs in the warehouse: it is waited for/.test(event.message)),
        fate === 'done after a while',
      );
      assert.deepEqual(await folder().rows('mart.store'), [`${DATE} 3`]);
    });
  }
});

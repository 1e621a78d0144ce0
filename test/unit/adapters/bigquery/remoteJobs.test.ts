import assert from 'node:assert/strict';
import { BigqueryClient } from '../../../../src/adapters/bigquery/client';
import { RemoteJobs } from '../../../../src/adapters/bigquery/remoteJobs';
import { LostJobError } from '../../../../src/app/ports';
import type { RemoteJob } from '../../../../src/core/backfill/backfill';
import { BigqueryGate, failure } from '../../../support/bigqueryGate';
import { type JobScript, JobTable } from '../../../support/jobTable';
import { attempt, refused } from '../../contract/writerContract';

const REQUEST = { sql: 'MERGE …', location: 'us-west2' };
const CONFLICT = {
  reason: 'invalidQuery',
  message: 'Could not serialize access to table p:mart.pdc due to concurrent update',
};

describe('RemoteJobs', () => {
  let gate: BigqueryGate;
  let table: JobTable;
  let recorded: RemoteJob[];

  beforeEach(async () => {
    gate = await BigqueryGate.open();
    table = new JobTable();
    recorded = [];
  });
  afterEach(() => gate.close());

  const jobs = (script: JobScript, options = {}) => {
    gate.keeper = table.keeper(script);
    const client = new BigqueryClient(
      { type: 'bigquery', project: 'p', endpoint: gate.endpoint },
      { pause: async () => {}, deadlines: { metadataMs: 5_000 } },
    );
    return new RemoteJobs(client, { pauseMs: 1, silenceMs: 5_000, cancelMs: 5_000, ...options });
  };
  const done = (job: { state: string }) => {
    job.state = 'DONE';
    return undefined;
  };

  it('puts a job on record before it is submitted, and waits for its end', async () => {
    const order: string[] = [];
    const one = attempt();
    await jobs({
      inserted: ({ id }) => {
        order.push(`submitted ${id}`);
        return undefined;
      },
      asked: (job) => (job.asked > 2 ? done(job) : undefined),
    }).run(REQUEST, {
      ...one,
      record: async (job) => {
        await new Promise((later) => setImmediate(later));
        order.push(`recorded ${job.job}`);
        recorded.push(job);
      },
    });
    const job = recorded[0]?.job ?? '';
    assert.deepEqual(order, [`recorded ${job}`, `submitted ${job}`]);
    assert.deepEqual(recorded, [{ project: 'p', location: 'us-west2', job }]);
    assert.equal(table.jobs.get(job)?.state, 'DONE');
  });

  it('submits nothing that could not be put on record', async () => {
    const unwritable = { ...attempt(), record: () => Promise.reject(new Error('disk full')) };
    await assert.rejects(jobs({}).run(REQUEST, unwritable), /disk full/);
    assert.equal(gate.submissions.length, 0);
  });

  it('adopts its job where the answer to its submission was lost, and runs it once', async () => {
    await jobs({ inserted: () => 'hangUp', asked: done }).run(REQUEST, attempt(undefined, recorded));
    assert.ok(gate.submissions.length > 1, 'it was sent again');
    assert.deepEqual([...table.jobs.keys()], [recorded[0]?.job]);
  });

  it('adopts it, too, where the answer was lost and sending it again is refused', async () => {
    for (const refusal of [failure(403, 'rateLimitExceeded', 'Exceeded rate limits'), failure(403, 'accessDenied', 'Denied')]) {
      table.jobs.clear();
      const remote = jobs({});
      const keeper = table.keeper({ inserted: () => 'hangUp', asked: done });
      gate.keeper = (request, forward) => (request.method === 'POST' && table.jobs.size > 0 ? refusal : keeper(request, forward));
      await remote.run(REQUEST, attempt());
      assert.equal(table.jobs.size, 1);
    }
  });

  it('sends again by the same name what never arrived', async () => {
    const remote = jobs({ inserted: done });
    const keeper = table.keeper({ inserted: done });
    let refusals = 7;
    gate.keeper = (request, forward) => {
      if (request.method === 'POST' && refusals-- > 0) return 'hangUp';
      return keeper(request, forward);
    };
    await remote.run(REQUEST, attempt(undefined, recorded));
    assert.deepEqual([new Set(gate.submissions.map(({ jobId }) => jobId)).size, recorded.length], [1, 1]);
  });

  it('asks on while nobody answers, and learns the end when somebody does', async () => {
    let deaf = 9;
    await jobs({ asked: (job) => (deaf-- > 0 ? 'hangUp' : done(job)) }).run(REQUEST, attempt());
    assert.equal(gate.submissions.length, 1);
  });

  it('gives a job up as lost that cannot be asked about for too long', async () => {
    await assert.rejects(
      jobs({ asked: () => 'hangUp' }, { silenceMs: 0 }).run(REQUEST, attempt(undefined, recorded)),
      (error) => {
        assert.ok(error instanceof LostJobError, String(error));
        assert.deepEqual(error.job, recorded[0]);
        assert.match(error.message, /cannot be asked about \(.*\): its partition stays claimed until it has ended/);
        return true;
      },
    );
  });

  it('tells a conflict as what will pass, and gives the next job another name', async () => {
    const remote = jobs({
      inserted: (job) => {
        job.state = 'DONE';
        if (table.jobs.size === 1) job.error = CONFLICT;
        return undefined;
      },
    });
    const one = attempt(undefined, recorded);
    await refused(remote.run(REQUEST, one), 'busy', /changing the same table/);
    await remote.run(REQUEST, one);
    assert.equal(new Set(recorded.map(({ job }) => job)).size, 2);
  });

  it('submits anew what failed by a fault of BigQuery’s own, but not for ever', async () => {
    const fault = { reason: 'backendError', message: 'Backend error. Please try again.' };
    const remote = jobs({
      inserted: (job) => {
        job.state = 'DONE';
        if (table.jobs.size < 3) job.error = fault;
        return undefined;
      },
    });
    await remote.run(REQUEST, attempt());
    assert.equal(table.jobs.size, 3);
    table.jobs.clear();
    const broken = jobs({
      inserted: (job) => {
        job.state = 'DONE';
        job.error = fault;
        return undefined;
      },
    });
    await assert.rejects(broken.run(REQUEST, attempt()), /Backend error/);
    assert.equal(table.jobs.size, 3);
  });

  it('keeps the name of a job that a quota kept out', async () => {
    const full = failure(403, 'quotaExceeded', 'Quota exceeded: Your project exceeded quota');
    const remote = jobs({});
    gate.keeper = () => full;
    const one = attempt(undefined, recorded);
    await refused(remote.run(REQUEST, one), 'quota', /quota/i);
    gate.keeper = table.keeper({ inserted: done });
    await remote.run(REQUEST, one);
    assert.deepEqual([recorded.length, [...table.jobs.keys()]], [1, [recorded[0]?.job]]);
  });

  it('knows whether a job runs that somebody left', async () => {
    const remote = jobs({});
    table.jobs.set('left', { id: 'left', request: gate.requests[0] as never, state: 'RUNNING', asked: 0, cancelled: false });
    const left = { project: 'p', location: 'us-west2', job: 'left' };
    assert.equal(await remote.isRunning(left), true);
    assert.equal(await remote.isRunning({ ...left, job: 'never' }), false);
    done(table.jobs.get('left') as { state: string });
    assert.equal(await remote.isRunning(left), false);
  });

  describe('that are to stop', () => {
    /** Aborts when the job is asked for the first time. */
    const aborting = (script: JobScript) => {
      const controller = new AbortController();
      const asked: JobScript['asked'] = (job) => {
        if (job.asked === 1) controller.abort();
        return script.asked?.(job);
      };
      return { script: { ...script, asked }, signal: controller.signal };
    };

    it('are cancelled where they are, and left when they have ended', async () => {
      const { script, signal } = aborting({
        cancelled: (job) => {
          job.error = { reason: 'stopped', message: 'Job execution was cancelled: User requested cancellation' };
          return undefined;
        },
        // It takes its time.
        asked: (job) => (job.cancelled && job.asked > 4 ? done(job) : undefined),
      });
      await assert.rejects(jobs(script).run(REQUEST, attempt(signal, recorded)), { name: 'AbortError' });
      const [cancel] = gate.requests.filter(({ path }) => path.endsWith('/cancel'));
      assert.deepEqual([cancel?.jobId, cancel?.query.get('location')], [recorded[0]?.job, 'us-west2']);
      assert.equal(table.jobs.get(recorded[0]?.job ?? '')?.state, 'DONE');
    });

    it('count as what they did where they were done first', async () => {
      const { script, signal } = aborting({ cancelled: done });
      await jobs(script).run(REQUEST, attempt(signal));
    });

    it('are lost where they do not end', async () => {
      const { script, signal } = aborting({});
      await assert.rejects(jobs(script, { cancelMs: 50 }).run(REQUEST, attempt(signal)), (error) => {
        assert.ok(error instanceof LostJobError, String(error));
        assert.match(error.message, /was to be cancelled and is not known to have ended after/);
        return true;
      });
    });

    it('are lost where nobody answers any more, and that is known soon', async () => {
      const controller = new AbortController();
      const remote = jobs({}, { cancelMs: 50, silenceMs: 600_000 });
      gate.keeper = ({ method }) => {
        // The submission is what was lost: whether it arrived is what is asked.
        if (method === 'GET') controller.abort();
        return 'hangUp';
      };
      await assert.rejects(remote.run(REQUEST, attempt(controller.signal)), LostJobError);
    });

    it('were never submitted where they did not arrive', async () => {
      const controller = new AbortController();
      const remote = jobs({});
      const keeper = table.keeper({});
      gate.keeper = (request, forward) => {
        if (request.method === 'POST') return 'hangUp';
        controller.abort();
        return keeper(request, forward);
      };
      await assert.rejects(remote.run(REQUEST, attempt(controller.signal)), { name: 'AbortError' });
      assert.equal(table.jobs.size, 0);
    });

    it('are cancelled, too, where they were aborted while they were being submitted', async () => {
      const controller = new AbortController();
      const script: JobScript = {
        inserted: () => {
          controller.abort();
          return undefined;
        },
        cancelled: (job) => {
          job.error = { reason: 'stopped', message: 'Job execution was cancelled' };
          return done(job);
        },
      };
      await assert.rejects(jobs(script).run(REQUEST, attempt(controller.signal)), { name: 'AbortError' });
      assert.ok([...table.jobs.values()].every(({ cancelled }) => cancelled));
    });
  });
});

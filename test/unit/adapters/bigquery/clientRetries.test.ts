import assert from 'node:assert/strict';
import type { WarehouseError } from '../../../../src/app/ports';
import { freePort } from '../../../support/emulator';
import { type Misfortune, type Outcome, ScriptedBigquery } from '../../../support/scriptedBigquery';

const PDC = { purpose: 'coverage', tables: ['nba.pdc'] };
const SQL = 'SELECT n FROM `p.nba.pdc`';
const ONE: Outcome = { fields: [{ name: 'n', type: 'INTEGER' }], rows: [['1']] };

describe('BigQuery client when things go wrong', () => {
  let server: ScriptedBigquery;

  beforeEach(async () => {
    server = await ScriptedBigquery.start();
    server.datasets.set('p.nba', { location: 'us-west2' });
    server.execute = () => ONE;
  });
  afterEach(() => server.stop());

  describe('tries again', () => {
    const error = (status: number, reason: string, message = 'It went wrong.') => ({ status, reason, message });
    const cases: readonly (readonly [string, readonly Misfortune[], number])[] = [
      ['twice after 503', [error(503, 'backendError'), error(503, 'backendError')], 3],
      ['after 429', [error(429, 'tooManyRequests')], 2],
      ['after 500 of the backend', [error(500, 'backendError')], 2],
      ['after 500 without a reason', [error(500, '')], 2],
      ['after 502', [error(502, '')], 2],
      ['after a broken connection', ['reset'], 2],
      ['after 403 rateLimitExceeded', [error(403, 'rateLimitExceeded')], 2],
      ['after 403 jobRateLimitExceeded', [error(403, 'jobRateLimitExceeded')], 2],
      ['never after 403 quotaExceeded', [error(403, 'quotaExceeded')], 1],
      ['never after 403 accessDenied', [error(403, 'accessDenied')], 1],
      ['never after 400', [error(400, 'invalid')], 1],
      ['never after 404', [error(404, 'notFound', 'Not found: Dataset p:nba')], 1],
      ['never after 401', [error(401, 'authError')], 1],
    ];
    for (const [title, misfortunes, requests] of cases) {
      it(title, async () => {
        server.next('datasets.get', ...misfortunes);
        const asked = server.client().location('nba.pdc');
        if (requests > misfortunes.length) assert.equal(await asked, 'us-west2');
        else await assert.rejects(asked, { name: 'WarehouseError' });
        assert.equal(server.of('datasets.get').length, requests);
        assert.equal(server.pauses.length, requests - 1);
      });
    }

    it('five times at most, with growing pauses', async () => {
      server.next('datasets.get', ...Array<Misfortune>(9).fill(error(503, 'backendError', 'Error encountered')));
      const refused = await refusal(server.client().location('nba.pdc'));
      assert.equal(refused.kind, 'unreachable');
      assert.equal(refused.message, 'BigQuery is out of order at the moment (503 Error encountered): refresh later.');
      assert.equal(server.of('datasets.get').length, 5);
      assert.equal(server.pauses.length, 4);
      for (const [at, ms] of server.pauses.entries())
        assert.ok(ms >= 375 * 2 ** at && ms <= 625 * 2 ** at, server.pauses.join(' '));
    });

    it('and says where nobody listens', async () => {
      const port = await freePort();
      const refused = await refusal(server.client({}, { endpoint: `http://127.0.0.1:${port}` }).location('nba.pdc'));
      assert.equal(refused.kind, 'unreachable');
      assert.match(refused.message, new RegExp(`^Nothing answers at http://127\\.0\\.0\\.1:${port} \\(ECONNREFUSED\\)`));
    });
  });

  describe('a query', () => {
    it('is another job after a job that failed in passing', async () => {
      const outcomes: Outcome[] = [
        { error: { reason: 'jobRateLimitExceeded', message: 'Exceeded rate limits' } },
        { error: { reason: 'backendError', message: 'Error encountered' }, polls: 1 },
        ONE,
      ];
      server.execute = () => outcomes.shift() ?? {};
      assert.deepEqual(await server.client().query(SQL, PDC), [{ n: 1 }]);
      assert.equal(new Set(server.submitted.map(({ jobReference }) => jobReference?.jobId)).size, 3);
    });

    it('is one job when its SQL is wrong', async () => {
      server.execute = () => ({ error: { reason: 'invalidQuery', message: 'Unrecognized name: m at [1:8]' } });
      assert.equal((await refusal(server.client().query(SQL, PDC))).kind, 'missingColumn');
      assert.equal(server.of('jobs.insert').length, 1);
      assert.deepEqual(server.pauses, []);
    });

    it('runs once when the answer to its submission is lost', async () => {
      server.next('jobs.insert', 'lost');
      assert.deepEqual(await server.client().query(SQL, PDC), [{ n: 1 }]);
      assert.equal(server.jobs.size, 1);
    });

    it('waits for a job that runs on, and reads every page', async () => {
      const rows = ['1', '2', '3', '4', '5'].map((n) => [n]);
      server.execute = () => ({ fields: [{ name: 'n', type: 'INTEGER' }], rows, pageSize: 2, polls: 3 });
      assert.deepEqual(
        (await server.client().query(SQL, PDC)).map(({ n }) => n),
        [1, 2, 3, 4, 5],
      );
      assert.equal(server.of('jobs.getQueryResults').length, 3 + 3);
    });
  });

  describe('location', () => {
    it('is asked once a dataset and passed with every request of a job', async () => {
      const one = server.client();
      for (let at = 0; at < 3; at++) await one.query(SQL, PDC);
      assert.equal(server.of('datasets.get').length, 1);
      for (const { jobReference } of server.submitted) assert.equal(jobReference?.location, 'us-west2');
      for (const { query } of server.of('jobs.getQueryResults')) assert.equal(query.get('location'), 'us-west2');
    });

    it('is found anew, once, when a dataset has moved', async () => {
      const one = server.client();
      await one.query(SQL, PDC);
      server.datasets.set('p.nba', { location: 'EU' });
      assert.deepEqual(await one.query(SQL, PDC), [{ n: 1 }]);
      assert.equal(server.of('datasets.get').length, 2);
      assert.equal(server.of('jobs.insert').length, 3);
    });

    it('is tried a second time where it was right, and then believed', async () => {
      const lost = { status: 404, reason: 'notFound', message: 'Not found: Dataset p:nba was not found in location us-west2' };
      server.next('jobs.insert', lost);
      assert.deepEqual(await server.client().query(SQL, PDC), [{ n: 1 }]);
      server.next('jobs.insert', lost, lost);
      const refused = await refusal(server.client().query(SQL, PDC));
      assert.equal(refused.kind, 'missingTable');
      assert.match(refused.message, /^There is no dataset p\.nba in location us-west2/);
      assert.equal(server.of('jobs.insert').length, 4);
    });

    it('is there for others when the first who asked has given up', async () => {
      const release = server.hold('datasets.get');
      const one = server.client();
      const abort = new AbortController();
      const first = one.location('nba.pdc', { signal: abort.signal });
      const second = one.location('nba.pcf');
      await server.received('datasets.get');
      abort.abort(new Error('no longer wanted'));
      await assert.rejects(first, { message: 'no longer wanted' });
      release();
      assert.equal(await second, 'us-west2');
      assert.equal(server.of('datasets.get').length, 1);
    });

    it("is the manifest's where the dataset may not be seen", async () => {
      server.next('datasets.get', {
        status: 403,
        reason: 'accessDenied',
        message: 'Access Denied: Dataset p:nba: Permission bigquery.datasets.get denied on dataset p:nba (or it may not exist).',
      });
      assert.deepEqual(await server.client({}, { location: 'us-west2' }).query(SQL, PDC), [{ n: 1 }]);
    });

    it('must be one for all tables of a query', async () => {
      server.datasets.set('q.ref', { location: 'US' });
      const refused = await refusal(server.client().query(SQL, { purpose: 'coverage', tables: ['nba.pdc', 'q.ref.runs'] }));
      assert.equal(refused.kind, 'location');
      assert.match(refused.message, /^One query cannot read p\.nba in us-west2 and q\.ref in US:/);
      assert.deepEqual(server.of('jobs.insert'), []);
    });
  });

  describe('giving up', () => {
    const silence: Misfortune[] = Array<Misfortune>(5).fill('silence');

    it('ends a call that is not answered in its time', async () => {
      server.next('datasets.get', ...silence);
      const refused = await refusal(server.client({ deadlines: { metadataMs: 100 } }).location('nba.pdc'));
      assert.equal(refused.kind, 'unreachable');
      assert.match(refused.message, /^BigQuery did not answer within 0\.1 s:/);
    });

    it('cancels a job that takes longer than its time, in its location', async () => {
      server.execute = () => ({ polls: Number.POSITIVE_INFINITY });
      const refused = await refusal(server.client().query(SQL, { ...PDC, deadlineMs: 200 }));
      assert.match(refused.message, /^BigQuery did not answer within 0\.2 s:/);
      await server.received('jobs.cancel');
      assert.equal(server.of('jobs.cancel')[0]?.query.get('location'), 'us-west2');
      assert.equal([...server.jobs.values()][0]?.cancelled, true);
    });

    it('cancels a job at once when the signal aborts, and rejects with its reason', async () => {
      server.execute = () => ({ polls: Number.POSITIVE_INFINITY });
      const abort = new AbortController();
      const asked = server.client().query(SQL, { ...PDC, signal: abort.signal });
      await server.received('jobs.getQueryResults', 2);
      abort.abort(new Error('the window was closed'));
      await assert.rejects(asked, { message: 'the window was closed' });
      await server.received('jobs.cancel');
    });

    it('cancels also a job whose submission was not answered yet', async () => {
      server.next('jobs.insert', ...silence);
      const abort = new AbortController();
      const asked = server.client().query(SQL, { ...PDC, signal: abort.signal });
      await server.received('jobs.insert');
      abort.abort();
      await assert.rejects(asked, { name: 'AbortError' });
      await server.received('jobs.cancel');
      assert.deepEqual(server.of('jobs.cancel')[0]?.ids, [server.submitted[0]?.jobReference?.jobId]);
    });

    it('ends a pause between two tries', async () => {
      server.next('datasets.get', { status: 503, reason: 'backendError', message: 'Error encountered' });
      const abort = new AbortController();
      const pause = (_: number, signal: AbortSignal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
          abort.abort(new Error('no longer wanted'));
        });
      await assert.rejects(server.client({ pause }).location('nba.pdc', { signal: abort.signal }), {
        message: 'no longer wanted',
      });
      assert.equal(server.of('datasets.get').length, 1);
    });
  });
});

function refusal(work: Promise<unknown>): Promise<WarehouseError> {
  return work.then(
    () => assert.fail('it went well'),
    (error: WarehouseError) => error,
  );
}

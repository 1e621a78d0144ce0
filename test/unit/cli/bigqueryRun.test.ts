import assert from 'node:assert/strict';
import { BigqueryFolder } from '../../support/bigqueryFolder';
import { type GateAnswer, type GateRequest, jobAnswer } from '../../support/bigqueryGate';
import { CommandLine } from '../../support/commandLine';
import { type Emulator, emulator } from '../../support/emulator';
import { useTemporaryFolder } from '../../support/temporaryFolder';

const FULL = [1, 2, 3, 4, 5, 6, 7, 8].map((day) => `2021-11-0${day} 3`);

describe('the command line on BigQuery', function () {
  this.timeout(180_000);
  const temporary = useTemporaryFolder();
  let cli: CommandLine;
  let server: Emulator;
  let folder: BigqueryFolder;
  const backfill = (...words: string[]) => cli.run(temporary(), ...words);

  before(async function () {
    server = await emulator(this, 'bqemulator');
    cli = await CommandLine.build();
  });
  beforeEach(async () => {
    folder = await BigqueryFolder.make(temporary(), server);
  });
  afterEach(() => folder.gate.close());

  it('fills by SQL what is missing, and finds it complete afterwards', async () => {
    const scope = ['--processor', 'V1,V2,LONE', '--from', '2021-11-01', '--to', '2021-11-08'];
    const before = await backfill('gaps', ...scope);
    assert.equal(before.code, 1, before.out + before.err);
    const planned = await backfill('plan', ...scope);
    assert.match(
      planned.out.replace(/\s+/g, ' '),
      /V1: one SELECT a date, one at a time: BigQuery takes one change of mart\.store at a time/,
    );

    const run = await backfill('run', ...scope, '--slots', '4');
    assert.equal(run.code, 0, run.out + run.err);
    assert.match(run.out, /24/);
    for (const version of ['v1', 'v2']) assert.deepEqual(await folder.rows('mart.store', `version = '${version}'`), FULL);
    assert.deepEqual(await folder.rows('mart.lone'), FULL);

    const after = await backfill('coverage', ...scope, '--format', 'json');
    assert.equal(after.code, 0, after.out + after.err);
    const { processors } = JSON.parse(after.out) as { processors: readonly { id: string; complete: number; gaps: number }[] };
    assert.deepEqual(
      processors.map(({ id, complete, gaps }) => [id, complete, gaps]),
      ['V1', 'V2', 'LONE'].map((id) => [id, 8, 0]),
    );
  });

  it('keeps its hands off a partition whose job outlived a killed executor, until the job has ended', async () => {
    const scope = ['--processor', 'V1', '--dates', '2021-11-05'];
    let state: 'RUNNING' | 'DONE' = 'RUNNING';
    let left: string | undefined;
    let submitted: (job: string) => void = () => {};
    const submission = new Promise<string>((done) => {
      submitted = done;
    });
    const hang = (request: GateRequest, forward: () => Promise<GateAnswer>) => {
      const { sql, jobId = '', method, path, dryRun } = request;
      if (left === undefined && method === 'POST' && path === 'jobs' && !dryRun && sql?.startsWith('MERGE') === true) {
        left = jobId;
        submitted(jobId);
      }
      if (jobId === '' || jobId !== left) return forward();
      return path.startsWith('queries/') ? { status: 200, body: { jobComplete: false } } : jobAnswer(jobId, state);
    };
    folder.gate.keeper = hang;
    const running = cli.start(temporary(), ['run', ...scope]);
    const job = await submission;
    const [id = ''] = await folder.fixture.journal.list();
    const { events = [] } = (await folder.fixture.journal.read(id)) ?? {};
    const started = events.find((event) => event.type === 'started');
    assert.ok(started !== undefined && events.some((event) => event.type === 'remoteJob' && event.job === job));
    process.kill(started.owner.pid, 'SIGKILL');
    await running.ended;

    const refused = await backfill('run', ...scope);
    assert.equal(refused.code, 1, refused.out + refused.err);
    assert.match(refused.out, new RegExp(`backfill ${id} ended without its job ${job}, which may still run`));
    assert.deepEqual(await folder.rows('mart.store'), []);

    state = 'DONE';
    const again = await backfill('run', ...scope);
    assert.equal(again.code, 0, again.out + again.err);
    assert.deepEqual(await folder.rows('mart.store'), ['2021-11-05 3']);
  });
});

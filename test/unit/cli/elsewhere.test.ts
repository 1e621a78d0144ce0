import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandLine } from '../../support/commandLine';
import { runDuckdb } from '../../support/duckdb';
import { ElsewhereProcess, JOB_SCRIPT } from '../../support/elsewhereJob';
import { useTemporaryFolder } from '../../support/temporaryFolder';

const MANIFEST = `version: 1
name: test
warehouse: { type: duckdb, path: test.duckdb }
seasons: [{ name: 2021-22, start: 2021-11-01, end: 2021-11-06 }]
calendars: { weekdays: { every: weekday } }
phases:
  - id: one
    name: One
    processors:
      - id: TDZA
        aliases: team_defense_zone_analysis
        table: main.tdza
        date_column: day
        run:
          - { each: list, command: [node, ${JOB_SCRIPT}, --dates, "{dates}"] }
          - { each: range, command: [node, ${JOB_SCRIPT}, --start-date, "{start}", --end-date, "{end}"] }
checkpoints: { path: "checkpoints/{job}_{start}_{end}.json" }
`;
const JOB = 'team_defense_zone_analysis';
const CHECKPOINT = `checkpoints/${JOB}_2021-11-01_2021-11-06.json`;

describe('jobs started elsewhere on the command line', function () {
  this.timeout(60_000);
  const folder = useTemporaryFolder();
  let cli: CommandLine;
  let job: ElsewhereProcess;
  const backfill = async (...words: string[]) => {
    const ended = await cli.run(folder(), ...words);
    return { ...ended, words: ended.out.replace(/\s+/g, ' ').trim() };
  };

  before(async () => {
    cli = await CommandLine.build();
  });

  /** The table holds the 1st alone; the job has noted the 1st and the 3rd, and failed on the 2nd. */
  beforeEach(async () => {
    writeFileSync(join(folder(), 'backfill.yaml'), MANIFEST);
    await runDuckdb(join(folder(), 'test.duckdb'), "CREATE TABLE tdza AS SELECT DATE '2021-11-01' AS day");
    job = await ElsewhereProcess.start(folder(), { job: JOB });
    await job.end('successful', '2021-11-01');
    await job.end('failed', '2021-11-02');
    await job.end('successful', '2021-11-03');
  });
  afterEach(() => job.kill());

  it('are listed after the backfills, alive or not', async () => {
    assert.equal((await backfill('coverage')).code, 1);
    const running = await backfill('runs');
    assert.match(running.out, /^No backfill was launched yet/);
    assert.match(running.words, /TDZA 2021-11-01 to 2021-11-06 running 2\/5 1 just now at 2021-11-04/);
    await job.kill();
    const stopped = await backfill('runs', '--format', 'md');
    assert.match(stopped.words, /\| TDZA 2021-11-01 to 2021-11-06 \| stopped \| 2\/5 \| 1 \| just now \| until 2021-11-03;/);
  });

  it('are told in full: who runs, what is wrong, and the command that mends it', async () => {
    const { out, words, code } = await backfill('runs', '--elsewhere');
    assert.equal(code, 0);
    assert.match(words, /^TDZA 2021-11-01 to 2021-11-06 running · 2\/5, 1 failed · at 2021-11-04/);
    assert.match(words, new RegExp(`Process ${job.pid}, since `));
    assert.match(
      words,
      /1 failed date before its last success: going on never comes back to them \(2021-11-02\)\. Run them by name\./,
    );
    assert.match(out, /^ {4}backfill run --processor TDZA --dates 2021-11-02$/m);
    assert.match(out, new RegExp(`^ {4}node ${JOB_SCRIPT} --dates 2021-11-02$`, 'm'));
    assert.match(words, /1 date noted as successful without rows in the table \(2021-11-03\)/);
    const { elsewhere } = JSON.parse((await backfill('runs', '--format', 'json')).out);
    assert.equal(elsewhere.length, 1);
    const [{ id, state, done, total, failed, left, processes, resume, findings }] = elsewhere;
    assert.deepEqual(
      [id, state, done, total, failed, left, resume],
      [
        'TDZA/2021-11-01_2021-11-06',
        'running',
        2,
        5,
        ['2021-11-02'],
        ['2021-11-04', '2021-11-05'],
        { kind: 'goesOn', at: '2021-11-04' },
      ],
    );
    assert.equal(processes[0].pid, job.pid);
    assert.deepEqual(
      findings.map(({ kind, dates }: { kind: string; dates: string[] }) => [kind, ...dates]),
      [
        ['failedBehind', '2021-11-02'],
        ['noRows', '2021-11-03'],
      ],
    );
  });

  it('stand in the way of a plan, which says so', async () => {
    const plan = await backfill('plan', '--processor', 'TDZA', '--from', '2021-11-04');
    assert.match(
      plan.words,
      new RegExp(`Conflicts: process ${job.pid} \\(2021-11-01 to 2021-11-06\\): TDZA 2021-11-04 to 2021-11-05 \\(2 dates\\)`),
    );
    await job.kill();
    assert.doesNotMatch((await backfill('plan', '--processor', 'TDZA', '--from', '2021-11-04')).words, /elsewhere/);
  });

  it('are not looked for where the manifest is broken, and checkpoints of strangers are named', async () => {
    const strange = `checkpoints/grading_backfill_2021-11-01_2021-11-06.json`;
    writeFileSync(join(folder(), strange), readFileSync(join(folder(), CHECKPOINT)));
    const named = await backfill('runs', '--elsewhere', '--format', 'csv');
    assert.match(named.err, /no processor is known by: grading_backfill\. Name them in its `aliases`\./);
    assert.match(named.out, /^Started elsewhere,State,Done,Failed,Last sign,What\n"?TDZA /);
    writeFileSync(join(folder(), 'backfill.yaml'), 'version: 1\nname: [');
    const broken = await backfill('runs');
    assert.equal(broken.code, 0);
    assert.match(broken.err, /^Warning: the manifest has mistakes, so jobs that were started elsewhere are not shown/);
  });
});

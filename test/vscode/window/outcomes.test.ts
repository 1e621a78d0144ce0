import assert from 'node:assert/strict';
import { commandLine, ended, PipelineWindow, started } from '../../support/pipelineWindow';
import { SmallWorkspace } from '../../support/smallWorkspace';
import { picture } from '../../support/vscodeWindow';

const DATE = '2024-01-03';

describe('what a backfill came to, by what the warehouse holds', () => {
  let workspace: SmallWorkspace;
  let window: PipelineWindow;

  before('make the pipeline', async () => {
    workspace = await SmallWorkspace.make([
      { id: 'GOOD', job: 'sql', rows: { [DATE]: 0 } },
      { id: 'EMPTY', job: `print('all done')`, rows: { [DATE]: 0 } },
      { id: 'NOTHING', job: `print('all done')`, rows: { [DATE]: 3 } },
      { id: 'FAILING', job: `console.error('no such model: v3'); process.exit(3)`, rows: { [DATE]: 0 } },
      {
        id: 'KILLED',
        // A real job's delete-then-insert without a transaction, ended between the two.
        job: `await run(\`DELETE FROM made.killed WHERE day = DATE '\${date}'\`); process.kill(process.pid, 'SIGKILL')`,
        rows: { [DATE]: 3 },
      },
    ]);
  });

  beforeEach('open it', async () => {
    window = await PipelineWindow.open(workspace.folder);
  });

  async function launch(processor: string) {
    const before = workspace.backfills();
    await window.launch(processor, DATE);
    const backfill = await started(workspace, before);
    await ended(workspace, backfill);
    assert.deepEqual(
      workspace.plan(backfill).partitions.map((partition) => `${partition.processor} ${partition.date} ${partition.action}`),
      [`${processor} ${DATE} run`],
    );
    const attempt = workspace.events(backfill).find((event) => event.type === 'attemptEnded');
    assert.ok(attempt?.type === 'attemptEnded', 'the journal holds no ended attempt');
    return attempt;
  }

  async function reasons(processor: string) {
    return JSON.stringify(await commandLine(workspace.folder, 'explain', processor, DATE));
  }

  it('a query that fills the date makes it complete', async () => {
    await window.seePartition('Build', 'GOOD', DATE, /missing/i);
    const attempt = await launch('GOOD');
    assert.equal(attempt.outcome, 'done');
    await window.seeTerminal(/is done after/);
    await window.seePartition('Build', 'GOOD', DATE, /complete/i);
    assert.equal(await workspace.rows('GOOD', DATE), 10);
    await picture(window.workbench, 'outcome done');
  });

  it('a job that exits 0 and leaves the table empty has failed', async () => {
    const attempt = await launch('EMPTY');
    assert.equal(attempt.outcome, 'succeededButEmpty');
    await window.seePartition('Build', 'EMPTY', DATE, /failed/i);
    assert.match(await reasons('EMPTY'), /succeededButEmpty/);
    await picture(window.workbench, 'outcome succeededButEmpty');
  });

  it('a job that exits 0 and changes nothing has written nothing', async () => {
    const attempt = await launch('NOTHING');
    assert.equal(attempt.outcome, 'wroteNothing');
    await window.seePartition('Build', 'NOTHING', DATE, /partial/i);
    assert.match(await reasons('NOTHING'), /wroteNothing/);
    assert.equal(await workspace.rows('NOTHING', DATE), 3);
  });

  it('a job that exits with an error has failed, in its own words', async () => {
    const attempt = await launch('FAILING');
    assert.equal(attempt.outcome, 'failed');
    assert.match(attempt.message ?? '', /no such model/);
    await window.seePartition('Build', 'FAILING', DATE, /failed/i);
  });

  it('a job that is killed between its delete and its insert is torn, and never complete', async () => {
    const attempt = await launch('KILLED');
    assert.equal(attempt.outcome, 'torn');
    assert.equal(await workspace.rows('KILLED', DATE), 0);
    await window.seePartition('Build', 'KILLED', DATE, /failed/i);
    assert.match(await reasons('KILLED'), /torn/);
    assert.doesNotMatch(await window.partitionText('Build', 'KILLED', DATE), /complete/i);
  });
});

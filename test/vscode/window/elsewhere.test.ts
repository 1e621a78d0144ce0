import { until } from '../../../scripts/vscode/workbench.mjs';
import { ElsewhereProcess, JOB_SCRIPT } from '../../support/elsewhereJob';
import { PipelineWindow } from '../../support/pipelineWindow';
import { DATES, SmallWorkspace } from '../../support/smallWorkspace';
import { picture } from '../../support/vscodeWindow';

describe('a job that somebody started in a shell', () => {
  let workspace: SmallWorkspace;
  let job: ElsewhereProcess;

  before('make the pipeline', async () => {
    workspace = await SmallWorkspace.make([{ id: 'SHELL', job: 'sql', rows: { [DATES[1]]: 0 } }]);
    const command = `[node, ${JOB_SCRIPT}, --start-date, "{start}", --end-date, "{end}"]`;
    workspace.write(
      'backfill.yaml',
      `${workspace.manifest().replace('{ sql: sql/SHELL.sql }', `{ each: range, command: ${command} }`)}checkpoints: { path: "checkpoints/{job}_{start}_{end}.json" }\n`,
    );
  });
  afterEach(() => job.kill());

  it('is among the backfills while it runs and after it was killed, with what its checkpoint hides', async () => {
    job = await ElsewhereProcess.start(workspace.folder, { job: 'shell', start: DATES[0], end: DATES[5] });
    const { workbench } = await PipelineWindow.open(workspace.folder);
    const see = (pattern: RegExp) => workbench.findTreeItem('Backfills', pattern);
    await see(/^SHELL, started elsewhere, running for /);
    await job.end('successful', DATES[0]);
    await job.end('failed', DATES[1]);
    await job.end('successful', DATES[2]);
    const item = await see(/^SHELL, started elsewhere, running · 2\/6, 1 failed · at 2024-01-04/);
    await workbench.expand(item);
    await see(/^Warning: 1 failed date before its last success/);
    await see(new RegExp(`^SHELL ${DATES[1]}, noted as failed`));
    await until('the job in the status bar', async () =>
      /SHELL elsewhere 2\/6/.test((await workbench.page.locator('.statusbar').textContent()) ?? ''),
    );
    await picture(workbench, 'job elsewhere');
    await job.kill();
    await see(/^SHELL, started elsewhere, stopped after 2024-01-03 · 2\/6, 1 failed · just now · would resume at 2024-01-04/);
  });
});

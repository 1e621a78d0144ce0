import assert from 'node:assert/strict';
import { realpathSync } from 'node:fs';
import { SystemProcessTable } from '../../../../src/adapters/process/processTable';
import type { SystemProcess } from '../../../../src/core/checkpoints/jobProcesses';
import { ElsewhereProcess, JOB_SCRIPT } from '../../../support/elsewhereJob';
import { useTemporaryFolder } from '../../../support/temporaryFolder';

describe('SystemProcessTable', () => {
  const folder = useTemporaryFolder();
  let job: ElsewhereProcess;
  let startedAt: number;

  beforeEach(async () => {
    startedAt = Date.now();
    job = await ElsewhereProcess.start(folder());
  });
  afterEach(() => job.kill());

  const find = async (table: SystemProcessTable): Promise<SystemProcess | undefined> =>
    (await table.find(['tdza_precompute']))?.find(({ pid }) => pid === job.pid);

  it('finds a process by a text of its command line, with its words, its parents and its start', async () => {
    const found = await find(new SystemProcessTable());
    assert.deepEqual(found?.argv.slice(1, 3), [JOB_SCRIPT, '--checkpoints']);
    assert.ok(found.ancestors[0] === process.pid && found.ancestors.at(-1) === 1);
    assert.ok(Math.abs(found.startedAt - startedAt) < 5_000, `${found.startedAt - startedAt} ms off`);
    if (process.platform === 'linux') assert.equal(found.cwd, realpathSync(folder()));
    await job.kill();
    assert.equal(await find(new SystemProcessTable()), undefined);
  });

  it('finds the same by ps, as on macOS', async () => {
    const [other, own] = [await find(new SystemProcessTable('darwin')), await find(new SystemProcessTable())];
    assert.deepEqual([other?.argv, other?.ancestors, other?.group], [own?.argv, own?.ancestors, own?.group]);
    assert.ok(Math.abs((other?.startedAt ?? 0) - startedAt) < 5_000);
    assert.equal(other?.cwd, undefined);
  });

  it('says that it cannot tell on Windows, which is not the same as nothing', async () => {
    assert.equal(await new SystemProcessTable('win32').find(['x']), undefined);
    assert.deepEqual(await new SystemProcessTable().find(['no such text in any command line, so to speak']), []);
  });
});

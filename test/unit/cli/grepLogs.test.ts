import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileBytes } from '../../../src/adapters/files/fileBytes';
import { grepLogs } from '../../../src/cli/grepLogs';
import { useTemporaryFolder } from '../../support/temporaryFolder';
import { attempted, eventsOf, started } from './backfillFixture';

describe('backfill logs --grep', () => {
  const folder = useTemporaryFolder();
  const record = {
    events: eventsOf([
      [0, started],
      [1, attempted('PDC', 5)],
      [2, attempted('PDC', 6)],
    ]),
  };
  async function grep(expression: string, date?: string) {
    const lines: string[] = [];
    const found = await grepLogs(
      { print: (line) => void lines.push(line ?? '') },
      { logPath: (_, log) => join(folder(), log) },
      record,
      { id: 'b', processor: undefined, date },
      { expression, open: fileBytes, signal: new AbortController().signal },
    );
    return { found, lines };
  }

  beforeEach(async () => {
    await mkdir(join(folder(), 'logs'));
    await writeFile(join(folder(), 'logs/PDC-2021-11-05-1.log'), "begun\n\u001b[31mKeyError\u001b[0m: 'minutes'\n");
    await writeFile(join(folder(), 'logs/PDC-2021-11-06-1.log'), 'keyerror\n'.repeat(300));
  });

  it('prints the lines that hold it, after whose they are', async () => {
    assert.deepEqual((await grep('KeyError')).lines, ["PDC 2021-11-05:2: KeyError: 'minutes'"]);
    const { lines } = await grep('keyerror', '2021-11-06');
    assert.equal(lines.length, 201);
    assert.equal(lines.at(-1), 'PDC 2021-11-06: and 100 more lines');
    assert.deepEqual(await grep('x', '2021-11-07'), { found: false, lines: [] });
  });

  it('refuses what is no expression', async () => {
    await assert.rejects(grep('('), /--grep \( is no regular expression/);
  });
});

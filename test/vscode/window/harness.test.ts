import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../../scripts/vscode/server.mjs';
import { until } from '../../../scripts/vscode/workbench.mjs';
import { openWindow, picture } from '../../support/vscodeWindow';

describe('the harness', () => {
  it('opens a window that answers keys and runs terminals', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a.txt'), 'hello');
    const window = await openWindow(folder);
    await window.runCommand('View: Toggle Terminal');
    await window.terminals().first().waitFor();
    await until('a prompt', async () => (await window.terminalText()).trim() !== '');
    await window.type('echo $((40 + 2))x');
    await window.press('Enter');
    await until('the answer', async () => (await window.terminalText()).includes('42x'));
    await picture(window, 'harness');
    assert.equal(await window.terminals().count(), 1);
  });
});

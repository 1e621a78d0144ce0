import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../../scripts/vscode/workbench.mjs';
import { openWindow, picture } from '../../support/vscodeWindow';

describe('the harness', () => {
  it('opens a window that answers keys and runs terminals', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bfx-ws-'));
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

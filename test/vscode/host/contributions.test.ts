import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { COMMANDS } from '../../../src/protocol/contributions/commands';
import { EXTENSION_ID } from '../../../src/protocol/contributions/ids';
import { SETTINGS } from '../../../src/protocol/contributions/settings';
import { VIEWS } from '../../../src/protocol/contributions/views';

describe('the extension in a folder without a manifest', () => {
  function extension(): vscode.Extension<unknown> {
    const found = vscode.extensions.getExtension(EXTENSION_ID);
    assert.ok(found, `${EXTENSION_ID} is not installed`);
    return found;
  }

  it('sleeps until a view, a command or a manifest wakes it', () => {
    assert.equal(extension().isActive, false);
    const events: unknown = extension().packageJSON.activationEvents;
    assert.ok(Array.isArray(events));
    assert.deepEqual(
      events.filter((event) => ['*', 'onStartupFinished'].includes(event) || /workspaceContains:.*\*/.test(event)),
      [],
    );
  });

  it('wakes where there is nothing to show yet', async () => {
    await extension().activate();
    assert.equal(extension().isActive, true);
  });

  it('has registered every command that it declares, and declares every command that it has registered', async () => {
    const registered = (await vscode.commands.getCommands(true)).filter((command) => /^backfill\.[a-zA-Z]+$/.test(command));
    const declared: { command: string }[] = extension().packageJSON.contributes.commands;
    assert.deepEqual(registered.sort(), declared.map(({ command }) => command).sort());
    assert.deepEqual(registered, Object.keys(COMMANDS).sort());
  });

  it('has its views and settings', async () => {
    const commands = await vscode.commands.getCommands(true);
    for (const view of Object.keys(VIEWS)) assert.ok(commands.includes(`${view}.focus`), view);
    for (const [setting, { default: value }] of Object.entries(SETTINGS)) {
      assert.equal(vscode.workspace.getConfiguration().inspect(setting)?.defaultValue, value, setting);
    }
  });
});

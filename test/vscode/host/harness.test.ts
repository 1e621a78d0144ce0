import assert from 'node:assert/strict';
import * as vscode from 'vscode';

describe('the harness', () => {
  it('runs inside the extension host of a VS Code that is not older than the extension asks for', () => {
    assert.ok(vscode.env.appName.length > 0);
    const [major, minor] = vscode.version.split('.').map(Number);
    assert.ok(major === 1 && (minor ?? 0) >= 104, vscode.version);
  });
});

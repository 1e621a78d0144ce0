import * as vscode from 'vscode';
import { messageOf } from '../base/logger';
import { MATRIX_VIEW_TYPE } from '../protocol/contributions/ids';
import type { FromMatrix, MatrixTask, ToMatrix } from '../protocol/matrix';
import { Disposables } from './disposables';
import type { Engine } from './engine';
import { MatrixFeed } from './matrixFeed';
import { PagePanel, type RunCommand } from './pagePanel';

/** The gap matrix. */
export class MatrixPanel implements vscode.Disposable {
  readonly #run: RunCommand;
  readonly #disposables = new Disposables();
  readonly #page: PagePanel<FromMatrix, ToMatrix>;
  readonly #feed: MatrixFeed;

  readonly onDidChangeVisibility: vscode.Event<boolean>;

  constructor(extensionUri: vscode.Uri, engine: Engine, run: RunCommand) {
    this.#run = run;
    this.#page = this.#disposables.add(
      new PagePanel<FromMatrix, ToMatrix>(
        extensionUri,
        { viewType: MATRIX_VIEW_TYPE, name: 'matrix', title: 'Gap Matrix' },
        { receive: (message) => this.#receive(message), hidden: () => this.#feed.hidden() },
      ),
    );
    this.#feed = new MatrixFeed(
      (message) => this.#page.post(message),
      () => engine.request('backfill/snapshot', {}),
    );
    this.onDidChangeVisibility = this.#page.onDidChangeVisibility;
    this.#disposables.add(
      engine.on('backfill/coverageChanged', ({ version, change }) => void this.#feed.changed(version, change)),
    );
    this.#disposables.add(
      engine.onDidChangeStatus(({ state }) => {
        if (state === 'ready') void this.#feed.sendAll();
      }),
    );
  }

  get visible(): boolean {
    return this.#page.visible;
  }

  /** Opens it, or brings it to the front. */
  show(at?: { readonly node: string; readonly date: string }): void {
    this.#page.show();
    if (at !== undefined) this.#feed.reveal(at.node, at.date);
  }

  /** Asks the page to do something with what is selected there. */
  do(task: MatrixTask): void {
    this.#page.post({ type: 'do', task });
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  async #receive(message: FromMatrix): Promise<unknown> {
    switch (message.type) {
      case 'ready':
        return this.#feed.ready();
      case 'resync':
        return this.#feed.sendAll();
      case 'explain':
        return this.#run('backfill.explain', { nodes: [message.node], from: message.date, to: message.date });
      case 'launch':
        return this.#run('backfill.launch', { select: message.select });
      case 'openLog':
        return this.#run('backfill.openLog', { nodes: [message.node], from: message.date, to: message.date });
      case 'copy':
        await vscode.env.clipboard.writeText(message.text);
        vscode.window.setStatusBarMessage(`Copied ${message.what}`, 3_000);
        return;
      case 'savePng':
        return savePng(message.name, message.data).catch((error: unknown) => vscode.window.showErrorMessage(messageOf(error)));
    }
  }
}

async function savePng(name: string, data: Uint8Array): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    ...(folder !== undefined && { defaultUri: vscode.Uri.joinPath(folder, name) }),
    filters: { Picture: ['png'] },
    title: 'Save the picture of the matrix',
  });
  if (target === undefined) return;
  await vscode.workspace.fs.writeFile(target, data);
  const open = 'Open';
  const chosen = await vscode.window.showInformationMessage(`Saved ${vscode.workspace.asRelativePath(target)}.`, open);
  if (chosen === open) await vscode.commands.executeCommand('vscode.open', target);
}

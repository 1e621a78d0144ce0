import * as vscode from 'vscode';
import { messageOf } from '../base/logger';
import type { CommandId } from '../protocol/contributions/commands';
import { MATRIX_VIEW_TYPE } from '../protocol/contributions/ids';
import type { FromMatrix, MatrixTask, ToMatrix } from '../protocol/matrix';
import type { NodeTarget } from '../protocol/targets';
import { Disposables } from './disposables';
import type { Engine } from './engine';
import { MatrixFeed } from './matrixFeed';
import { webviewHtml } from './webviewHtml';

/** Runs a command on a target; what it throws is told where every command's failure is. */
export type RunCommand = (command: CommandId, target: NodeTarget) => Thenable<unknown>;

interface OpenMatrix {
  readonly panel: vscode.WebviewPanel;
  readonly feed: MatrixFeed;
}

/** The panel of the gap matrix: one a window. */
export class MatrixPanel implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #root: vscode.Uri;
  readonly #icon: { readonly light: vscode.Uri; readonly dark: vscode.Uri };
  readonly #engine: Engine;
  readonly #run: RunCommand;
  readonly #visibility = new vscode.EventEmitter<boolean>();
  readonly #disposables = new Disposables();
  #open: OpenMatrix | undefined;

  readonly onDidChangeVisibility = this.#visibility.event;

  constructor(extensionUri: vscode.Uri, engine: Engine, run: RunCommand) {
    this.#root = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
    this.#icon = {
      light: vscode.Uri.joinPath(extensionUri, 'media', 'matrixLight.svg'),
      dark: vscode.Uri.joinPath(extensionUri, 'media', 'matrixDark.svg'),
    };
    this.#engine = engine;
    this.#run = run;
    this.#disposables.add(this.#visibility);
    this.#disposables.add(vscode.window.registerWebviewPanelSerializer(MATRIX_VIEW_TYPE, this));
    this.#disposables.add(
      engine.on('backfill/coverageChanged', ({ version, change }) => void this.#open?.feed.changed(version, change)),
    );
    this.#disposables.add(
      engine.onDidChangeStatus(({ state }) => {
        if (state === 'ready') void this.#open?.feed.sendAll();
      }),
    );
  }

  get visible(): boolean {
    return this.#open?.panel.visible ?? false;
  }

  /** Opens it, or brings it to the front. */
  show(at?: { readonly node: string; readonly date: string }): void {
    if (this.#open === undefined) {
      this.#adopt(
        vscode.window.createWebviewPanel(MATRIX_VIEW_TYPE, 'Gap Matrix', vscode.ViewColumn.Active, {
          enableScripts: true,
          localResourceRoots: [this.#root],
        }),
      );
    } else this.#open.panel.reveal();
    if (at !== undefined) this.#open?.feed.reveal(at.node, at.date);
  }

  /** A window was reloaded with the matrix open. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    if (this.#open !== undefined) panel.dispose();
    else this.#adopt(panel);
  }

  /** Asks the page to do something with what is selected there. */
  do(task: MatrixTask): void {
    void this.#open?.panel.webview.postMessage({ type: 'do', task } satisfies ToMatrix);
  }

  dispose(): void {
    this.#open?.panel.dispose();
    this.#disposables.dispose();
  }

  #adopt(panel: vscode.WebviewPanel): void {
    const { webview } = panel;
    const feed = new MatrixFeed(
      (message) => void webview.postMessage(message),
      () => this.#engine.request('backfill/snapshot', {}),
    );
    this.#open = { panel, feed };
    panel.iconPath = this.#icon;
    webview.options = { enableScripts: true, localResourceRoots: [this.#root] };
    webview.onDidReceiveMessage((message: FromMatrix) => void this.#receive(message, feed));
    panel.onDidChangeViewState(() => {
      if (!panel.visible) feed.hidden();
      this.#visibility.fire(panel.visible);
    });
    panel.onDidDispose(() => {
      feed.hidden();
      this.#open = undefined;
      this.#visibility.fire(false);
    });
    webview.html = webviewHtml(webview, this.#root, 'matrix', 'Gap Matrix');
    this.#visibility.fire(true);
  }

  async #receive(message: FromMatrix, feed: MatrixFeed): Promise<unknown> {
    switch (message.type) {
      case 'ready':
        return feed.ready();
      case 'resync':
        return feed.sendAll();
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

import * as vscode from 'vscode';
import type { CommandId } from '../protocol/contributions/commands';
import type { NodeTarget } from '../protocol/targets';
import { Disposables } from './disposables';
import { webviewHtml } from './webviewHtml';

/** What a page may ask for: a command on a target; what it throws is told where every command's failure is. */
export type RunCommand = (command: CommandId, target: NodeTarget) => Thenable<unknown>;

/** A page of `webview`, as VS Code knows it. */
export interface PageLook {
  readonly viewType: string;
  /** Of its script and style sheet in `dist/webview`, and of its icon in `media`. */
  readonly name: string;
  readonly title: string;
}

/** What becomes of the messages of a page. */
export interface PageOwner<From> {
  receive(message: From): Promise<unknown>;
  /** The page is thrown away, because it is hidden or closed; when it is shown again it begins anew. */
  hidden(): void;
}

/** The panel of a page: one a window, which comes back when the window is reloaded. */
export class PagePanel<From, To> implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #look: PageLook;
  readonly #owner: PageOwner<From>;
  readonly #root: vscode.Uri;
  readonly #icon: { readonly light: vscode.Uri; readonly dark: vscode.Uri };
  readonly #disposables = new Disposables();
  readonly #visibility = this.#disposables.add(new vscode.EventEmitter<boolean>());
  #panel: vscode.WebviewPanel | undefined;

  readonly onDidChangeVisibility = this.#visibility.event;

  constructor(extensionUri: vscode.Uri, look: PageLook, owner: PageOwner<From>) {
    this.#look = look;
    this.#owner = owner;
    this.#root = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
    this.#icon = {
      light: vscode.Uri.joinPath(extensionUri, 'media', `${look.name}Light.svg`),
      dark: vscode.Uri.joinPath(extensionUri, 'media', `${look.name}Dark.svg`),
    };
    this.#disposables.add(vscode.window.registerWebviewPanelSerializer(look.viewType, this));
  }

  get visible(): boolean {
    return this.#panel?.visible ?? false;
  }

  /** Opens it, or brings it to the front. */
  show(): void {
    const { viewType, title } = this.#look;
    if (this.#panel !== undefined) this.#panel.reveal();
    else this.#adopt(vscode.window.createWebviewPanel(viewType, title, vscode.ViewColumn.Active, this.#options));
  }

  /** A window was reloaded with the page open. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    if (this.#panel !== undefined) panel.dispose();
    else this.#adopt(panel);
  }

  /** Nothing where it is closed. */
  post(message: To): void {
    void this.#panel?.webview.postMessage(message);
  }

  dispose(): void {
    this.#panel?.dispose();
    this.#disposables.dispose();
  }

  get #options(): vscode.WebviewOptions {
    return { enableScripts: true, localResourceRoots: [this.#root] };
  }

  #adopt(panel: vscode.WebviewPanel): void {
    this.#panel = panel;
    const { webview } = panel;
    panel.iconPath = this.#icon;
    webview.options = this.#options;
    webview.onDidReceiveMessage((message: From) => void this.#owner.receive(message));
    panel.onDidChangeViewState(() => {
      if (!panel.visible) this.#owner.hidden();
      this.#visibility.fire(panel.visible);
    });
    panel.onDidDispose(() => {
      this.#owner.hidden();
      this.#panel = undefined;
      this.#visibility.fire(false);
    });
    webview.html = webviewHtml(webview, this.#root, this.#look.name, this.#look.title);
    this.#visibility.fire(true);
  }
}

import * as vscode from 'vscode';
import { messageOf } from '../base/logger';
import { TIMING_VIEW_TYPE } from '../protocol/contributions/ids';
import type { NodeTarget } from '../protocol/targets';
import type { FromTiming, ToTiming } from '../protocol/timing';
import { Disposables } from './disposables';
import type { Engine } from './engine';
import { webviewHtml } from './webviewHtml';

export interface TimingActions {
  explain(target: NodeTarget): Promise<void>;
  openLog(target: NodeTarget): Promise<void>;
}

/** A running backfill says something with each of its dates: so often it is shown at most, in milliseconds. */
const PACE_MS = 1_000;

/** The panel of timing: one a window. */
export class TimingPanel implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #root: vscode.Uri;
  readonly #icon: { readonly light: vscode.Uri; readonly dark: vscode.Uri };
  readonly #engine: Engine;
  readonly #actions: TimingActions;
  readonly #visibility = new vscode.EventEmitter<boolean>();
  readonly #disposables = new Disposables();
  #panel: vscode.WebviewPanel | undefined;
  #ready = false;
  #processor: string | undefined;
  #reveal: Extract<ToTiming, { type: 'reveal' }> | undefined;
  #timer: NodeJS.Timeout | undefined;

  readonly onDidChangeVisibility = this.#visibility.event;

  constructor(extensionUri: vscode.Uri, engine: Engine, actions: TimingActions) {
    this.#root = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
    this.#icon = {
      light: vscode.Uri.joinPath(extensionUri, 'media', 'timingLight.svg'),
      dark: vscode.Uri.joinPath(extensionUri, 'media', 'timingDark.svg'),
    };
    this.#engine = engine;
    this.#actions = actions;
    this.#disposables.add(this.#visibility);
    this.#disposables.add(vscode.window.registerWebviewPanelSerializer(TIMING_VIEW_TYPE, this));
    this.#disposables.add(engine.on('backfill/backfillsChanged', () => this.#soon()));
    this.#disposables.add(
      engine.onDidChangeStatus(({ state }) => {
        if (state === 'ready') this.#soon();
      }),
    );
  }

  get visible(): boolean {
    return this.#panel?.visible ?? false;
  }

  /** Opens it, or brings it to the front. */
  show(at?: { readonly processor: string; readonly date?: string }): void {
    if (at !== undefined) {
      this.#reveal = { type: 'reveal', ...at };
      this.#processor = at.processor;
    }
    if (this.#panel !== undefined) {
      this.#panel.reveal();
      void this.#send();
      return;
    }
    const options = { enableScripts: true, localResourceRoots: [this.#root] };
    this.#adopt(vscode.window.createWebviewPanel(TIMING_VIEW_TYPE, 'Timing', vscode.ViewColumn.Active, options));
  }

  /** A window was reloaded with the panel open. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    if (this.#panel !== undefined) panel.dispose();
    else this.#adopt(panel);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#panel?.dispose();
    this.#disposables.dispose();
  }

  #adopt(panel: vscode.WebviewPanel): void {
    this.#panel = panel;
    const { webview } = panel;
    panel.iconPath = this.#icon;
    webview.options = { enableScripts: true, localResourceRoots: [this.#root] };
    webview.onDidReceiveMessage((message: FromTiming) => void this.#receive(message));
    panel.onDidChangeViewState(() => {
      if (!panel.visible) this.#ready = false;
      this.#visibility.fire(panel.visible);
    });
    panel.onDidDispose(() => {
      this.#ready = false;
      this.#panel = undefined;
      this.#visibility.fire(false);
    });
    webview.html = webviewHtml(webview, this.#root, 'timing', 'Timing');
    this.#visibility.fire(true);
  }

  async #receive(message: FromTiming): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.#ready = true;
        this.#processor ??= message.processor;
        return this.#send();
      case 'select':
        this.#processor = message.processor;
        return this.#send();
      case 'explain':
        return this.#actions.explain({ nodes: [message.processor], from: message.date, to: message.date });
      case 'openLog':
        return this.#actions.openLog({ nodes: [message.processor], from: message.date, to: message.date });
    }
  }

  #soon(): void {
    if (!this.#ready) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#send();
    }, PACE_MS);
  }

  async #send(): Promise<void> {
    if (!this.#ready) return;
    const processor = this.#processor;
    const message = await this.#engine.request('backfill/timing', processor === undefined ? {} : { processor }).then(
      (timing): ToTiming => ({ type: 'timing', timing }),
      (error: unknown): ToTiming => ({ type: 'empty', message: messageOf(error) }),
    );
    // Another one was asked for meanwhile: its answer comes.
    if (processor !== this.#processor) return;
    void this.#panel?.webview.postMessage(message);
    if (message.type === 'empty' || this.#reveal === undefined) return;
    void this.#panel?.webview.postMessage(this.#reveal);
    this.#reveal = undefined;
  }
}

import * as vscode from 'vscode';
import { COMMANDS, type CommandId } from '../protocol/contributions/commands';
import type { BackfillSummary, ServerState } from '../protocol/messages';
import { Disposables } from './disposables';
import type { Engine } from './engine';
import { statusBarContent } from './statusBarContent';

/** The status bar item. */
export class StatusBar implements vscode.Disposable {
  readonly #engine: Engine;
  readonly #memento: vscode.Memento;
  readonly #item: vscode.StatusBarItem;
  readonly #disposables = new Disposables();
  #state: ServerState | undefined;
  #backfills: readonly BackfillSummary[] = [];

  constructor(engine: Engine, memento: vscode.Memento) {
    this.#engine = engine;
    this.#memento = memento;
    this.#item = this.#disposables.add(vscode.window.createStatusBarItem('backfill.status', vscode.StatusBarAlignment.Left, 5));
    this.#item.name = 'Backfill';
    this.#disposables.add(engine.onDidChangeStatus(() => this.#update()));
    this.#disposables.add(
      engine.on('backfill/state', (state) => {
        this.#state = state;
        this.#update();
      }),
    );
    this.#disposables.add(
      engine.on('backfill/backfillsChanged', ({ backfills }) => {
        this.#backfills = backfills;
        this.#update();
      }),
    );
  }

  /** Somebody looks at the backfills: how the last one ended needs no warning any more. */
  acknowledge(): void {
    void this.#memento.update(SEEN, Date.now()).then(() => this.#update());
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #update(): void {
    const content = statusBarContent(this.#engine.status.state, this.#state, this.#backfills, this.#memento.get(SEEN, 0));
    if (content === undefined) {
      this.#item.hide();
      return;
    }
    const tooltip = new vscode.MarkdownString(content.tooltip, true);
    tooltip.isTrusted = { enabledCommands: TOOLTIP_COMMANDS };
    this.#item.text = content.text;
    this.#item.tooltip = tooltip;
    this.#item.backgroundColor = content.warning ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    this.#item.command = `backfill.${content.view}.focus`;
    this.#item.show();
  }
}

const SEEN = 'backfill.seenUntil';
const TOOLTIP_COMMANDS = Object.keys(COMMANDS) as readonly CommandId[];

import * as vscode from 'vscode';
import { counted } from '../base/figures';
import type { CommandId } from '../protocol/contributions/commands';
import type { ServerState } from '../protocol/messages';
import { Disposables } from './disposables';
import type { Engine } from './engine';

/** The health of the engine, beside the language of the manifest. */
export class EngineStatusItem implements vscode.Disposable {
  readonly #engine: Engine;
  readonly #item: vscode.LanguageStatusItem;
  readonly #disposables = new Disposables();
  #state: ServerState | undefined;

  constructor(engine: Engine, manifestName: string) {
    this.#engine = engine;
    this.#item = this.#disposables.add(
      vscode.languages.createLanguageStatusItem('backfill.engine', { scheme: 'file', pattern: `**/${manifestName}` }),
    );
    this.#item.name = 'Backfill';
    this.#disposables.add(engine.onDidChangeStatus(() => this.#update()));
    this.#disposables.add(
      engine.on('backfill/state', (state) => {
        this.#state = state;
        this.#update();
      }),
    );
    this.#update();
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #update(): void {
    const { state, reason } = this.#engine.status;
    const item = this.#item;
    item.busy = state === 'starting' || state === 'restarting' || this.#state?.reading === true;
    const restart = command('backfill.restartEngine', 'Restart');
    const showLog = command('backfill.showLog', 'Show Log');
    if (state === 'failed') set(item, vscode.LanguageStatusSeverity.Error, 'Engine ended', reason, restart);
    else if (state !== 'ready') set(item, vscode.LanguageStatusSeverity.Information, 'Engine is starting', reason, showLog);
    else if ((this.#state?.mistakes ?? 0) > 0) {
      const mistakes = counted(this.#state?.mistakes ?? 0, 'mistake');
      set(item, vscode.LanguageStatusSeverity.Error, mistakes, 'The views show the last manifest that was right.', showLog);
    } else if (this.#state?.problem !== undefined) {
      set(item, vscode.LanguageStatusSeverity.Warning, 'Warehouse not read', this.#state.problem.message, showLog);
    } else set(item, vscode.LanguageStatusSeverity.Information, 'Engine is ready', undefined, showLog);
  }
}

function command(id: CommandId, title: string): vscode.Command {
  return { command: id, title };
}

function set(
  item: vscode.LanguageStatusItem,
  severity: vscode.LanguageStatusSeverity,
  text: string,
  detail: string | undefined,
  action: vscode.Command,
): void {
  item.severity = severity;
  item.text = text;
  if (detail === undefined) delete item.detail;
  else item.detail = detail;
  item.command = action;
}

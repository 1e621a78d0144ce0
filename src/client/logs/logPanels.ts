import * as vscode from 'vscode';
import type { FoundLog, LogId, LogPlace } from '../../protocol/logs';
import type { NodeTarget } from '../../protocol/targets';
import { Disposables } from '../disposables';
import type { Engine } from '../engine';
import { LogFileSystem } from './logFileSystem';
import { LogFind } from './logFind';
import { LogFollower, reveal } from './logFollower';
import { asLog, LogLanguage } from './logLanguage';
import { idOf, uriOf } from './logUri';

/** A window that is busy takes its time to show a text. */
const PATIENCE_MS = 30_000;

/** Logs in native editors, read-only: opened at their end or at a place, followed, and moved back and forth in. */
export class LogPanels implements vscode.Disposable {
  readonly #logs: LogFileSystem;
  readonly #find: LogFind;
  readonly #disposables = new Disposables();

  constructor(engine: Engine) {
    this.#logs = this.#disposables.add(new LogFileSystem(engine));
    this.#disposables.add(new LogFollower(engine, this.#logs));
    this.#disposables.add(new LogLanguage(engine, this.#logs));
    this.#find = this.#disposables.add(new LogFind(engine, (id, at) => this.openAt(id, at)));
  }

  async open({ id, at }: FoundLog): Promise<void> {
    await this.openAt(id, at);
  }

  /** Opens a log at a place, or at its end, where it is then followed. */
  async openAt(id: LogId, at?: LogPlace): Promise<void> {
    // A date may be far from the end of a long log.
    const progress = { location: vscode.ProgressLocation.Window, title: 'Opening the log' };
    const page = await vscode.window.withProgress(progress, () => this.#logs.show(id, at));
    const editor = await this.#editor(id, at === undefined || 'offset' in at);
    if (editor === undefined) return;
    const last = Math.max(0, editor.document.lineCount - 1);
    const line = Math.min(page.line ?? last, last);
    editor.selection = new vscode.Selection(line, 0, line, 0);
    const { AtTop, InCenter, Default } = vscode.TextEditorRevealType;
    reveal(editor, line, page.line === undefined ? Default : at !== undefined && 'offset' in at ? InCenter : AtTop);
  }

  /** Looks for an expression in the logs of a target, or in all. */
  find(target: NodeTarget): Promise<void> {
    return this.#find.find(target);
  }

  /** Shows more of the log in front. */
  async move(to: 'earlier' | 'later' | 'end'): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    const id = editor === undefined ? undefined : idOf(editor.document.uri);
    if (editor === undefined || id === undefined) {
      void vscode.window.showInformationMessage('Open a log first: “Backfill: Open Log” does.');
      return;
    }
    const top = editor.visibleRanges[0]?.start.line ?? 0;
    const page = await this.#logs.move(id, to);
    // Lines of a text that is not there are other lines.
    if (!(await this.#arrived(editor.document))) return;
    const last = Math.max(0, editor.document.lineCount - 1);
    const { AtTop, Default } = vscode.TextEditorRevealType;
    if (to === 'end' || page.line === undefined) reveal(editor, last, Default);
    else reveal(editor, Math.min(last, to === 'earlier' ? page.line + top : page.line), AtTop);
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  async #editor(id: LogId, preview: boolean): Promise<vscode.TextEditor | undefined> {
    // An encoding that is guessed may be another one.
    const document = await asLog(await vscode.workspace.openTextDocument(uriOf(id), { encoding: 'utf8' }));
    const editor = await vscode.window.showTextDocument(document, { preview });
    return (await this.#arrived(document)) ? editor : undefined;
  }

  /** Ends when the document holds what is shown of the log; false where it does not in time. */
  async #arrived(document: vscode.TextDocument): Promise<boolean> {
    const wanted = this.#logs.shown(document.uri)?.lineCount ?? 0;
    const isThere = () => {
      const log = this.#logs.shown(document.uri);
      const lines = document.lineCount - 1;
      // Meanwhile it may have grown.
      return log === undefined || (lines >= wanted && lines <= log.lineCount);
    };
    if (isThere()) return true;
    return new Promise<boolean>((resolve) => {
      const timer = setTimeout(end, PATIENCE_MS);
      const listener = vscode.workspace.onDidChangeTextDocument((event) => {
        if (event.document === document && isThere()) end();
      });
      function end() {
        clearTimeout(timer);
        listener.dispose();
        resolve(isThere());
      }
    });
  }
}

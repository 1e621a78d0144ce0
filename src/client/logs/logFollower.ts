import * as vscode from 'vscode';
import { Disposables } from '../disposables';
import type { Engine } from '../engine';
import type { LogFileSystem } from './logFileSystem';
import { idOf } from './logUri';

const LONGEST_PENDING = 200;
const SETTLE_MS = 300;

/**
 * Keeps the end of a log in sight while its end is in sight: nobody has to say whether to follow. Tells the engine which logs are on the
 * screen, and shows beside the last line what has no end yet, such as a progress bar.
 */
export class LogFollower implements vscode.Disposable {
  readonly #engine: Engine;
  readonly #logs: LogFileSystem;
  readonly #disposables = new Disposables();
  readonly #pending = vscode.window.createTextEditorDecorationType({
    after: { color: new vscode.ThemeColor('editorCodeLens.foreground'), fontStyle: 'italic' },
    isWholeLine: true,
  });
  readonly #decorated = new WeakMap<vscode.TextEditor, string>();
  readonly #followedAt = new WeakMap<vscode.TextDocument, number>();
  #told = '';
  #soon: NodeJS.Timeout | undefined;

  constructor(engine: Engine, logs: LogFileSystem) {
    this.#engine = engine;
    this.#logs = logs;
    const { window, workspace } = vscode;
    this.#disposables.add(this.#pending);
    this.#disposables.add(workspace.onDidChangeTextDocument((event) => this.#changed(event)));
    this.#disposables.add(window.onDidChangeVisibleTextEditors(() => this.#look()));
    this.#disposables.add(window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => this.#moved(textEditor)));
    this.#disposables.add(window.onDidChangeWindowState(() => this.#look()));
    this.#disposables.add(logs.onDidTell(() => this.#look()));
    this.#disposables.add(
      engine.onDidChangeStatus(({ state }) => {
        this.#told = '';
        if (state === 'ready') this.#look();
      }),
    );
  }

  dispose(): void {
    clearTimeout(this.#soon);
    this.#disposables.dispose();
  }

  #changed({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    if (idOf(document.uri) === undefined || contentChanges.length === 0) return;
    const added = contentChanges.reduce(
      (sum, { range, text }) => sum + text.split('\n').length - 1 - (range.end.line - range.start.line),
      0,
    );
    for (const editor of editorsOf(document)) {
      // What is visible is still what was before the change.
      if (!isAtEnd(editor, document.lineCount - added)) continue;
      this.#followedAt.set(document, Date.now());
      reveal(editor, document.lineCount - 1, vscode.TextEditorRevealType.Default);
    }
    this.#look();
  }

  #moved(editor: vscode.TextEditor): void {
    if (idOf(editor.document.uri) === undefined) return;
    this.#soon ??= setTimeout(() => this.#look(), SETTLE_MS);
  }

  #look(): void {
    clearTimeout(this.#soon);
    this.#soon = undefined;
    const { focused, active } = vscode.window.state;
    const attended = focused || active;
    const editors = vscode.window.visibleTextEditors.filter(({ document }) => this.#logs.shown(document.uri) !== undefined);
    for (const editor of editors) this.#decorate(editor);
    const documents = new Set(editors.map(({ document }) => document));
    const logs = [...documents].flatMap((document) => {
      const id = idOf(document.uri);
      if (id === undefined || !attended) return [];
      return [{ id, following: this.#follows(document) }];
    });
    const text = JSON.stringify(logs);
    if (text === this.#told) return;
    this.#told = text;
    this.#engine.notify('backfill/watchLogs', { logs });
  }

  #follows(document: vscode.TextDocument): boolean {
    // Between a change and its end in sight nobody has left the end.
    if (Date.now() - (this.#followedAt.get(document) ?? 0) < SETTLE_MS) return true;
    return editorsOf(document).some((editor) => isAtEnd(editor, document.lineCount));
  }

  #decorate(editor: vscode.TextEditor): void {
    const { document } = editor;
    const log = this.#logs.shown(document.uri);
    const text = log?.state.pending.trim().slice(0, LONGEST_PENDING) ?? '';
    const line = document.lineCount - 1;
    // Not before the text is there that it stands after.
    const key = text === '' ? '' : `${line} ${text}`;
    if ((this.#decorated.get(editor) ?? '') === key) return;
    this.#decorated.set(editor, key);
    const end = document.lineAt(line).range;
    const decoration = { range: end, renderOptions: { after: { contentText: text.replaceAll(' ', '\u00a0') } } };
    editor.setDecorations(this.#pending, text === '' ? [] : [decoration]);
  }
}

/** Whether the last line was on the screen when a document had so many lines. */
function isAtEnd({ visibleRanges }: vscode.TextEditor, lineCount: number): boolean {
  const last = visibleRanges.at(-1);
  return last !== undefined && last.end.line >= lineCount - 2;
}

function editorsOf(document: vscode.TextDocument): readonly vscode.TextEditor[] {
  return vscode.window.visibleTextEditors.filter((editor) => editor.document === document);
}

/** Brings a line into sight, and leaves the selection where it is. */
export function reveal(editor: vscode.TextEditor, line: number, how: vscode.TextEditorRevealType): void {
  editor.revealRange(new vscode.Range(line, 0, line, 0), how);
}

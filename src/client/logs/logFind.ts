import * as vscode from 'vscode';
import { counted, namesText } from '../../base/figures';
import { type CommandId, OPEN_LOG_AT } from '../../protocol/contributions/commands';
import type { LogId } from '../../protocol/logs';
import type { NodeTarget } from '../../protocol/targets';
import { Disposables } from '../disposables';
import type { Engine } from '../engine';
import { type FindText, findText } from './findText';

const SCHEME = 'backfill-find';
/** Documents of earlier searches that may still be open in a tab. */
const KEPT = 20;

/** Looks for an expression in the logs of many dates, and shows what it found as one document with links into them. */
export class LogFind implements vscode.Disposable {
  readonly #engine: Engine;
  readonly #disposables = new Disposables();
  readonly #found = new Map<string, FindText>();
  readonly #match = vscode.window.createTextEditorDecorationType({
    backgroundColor: new vscode.ThemeColor('editor.findMatchHighlightBackground'),
    border: '1px solid',
    borderColor: new vscode.ThemeColor('editor.findMatchHighlightBorder'),
  });
  #count = 0;
  #last = '';

  constructor(engine: Engine, openAt: (id: LogId, at: { offset: number } | undefined) => Promise<void>) {
    this.#engine = engine;
    const selector = { scheme: SCHEME };
    for (const owned of [
      this.#match,
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
        provideTextDocumentContent: (uri) =>
          this.#found.get(uri.toString())?.text ?? 'This was found in another window: search again.\n',
      }),
      vscode.languages.registerDocumentLinkProvider(selector, { provideDocumentLinks: ({ uri }) => this.#links(uri) }),
      vscode.languages.registerCodeLensProvider(selector, { provideCodeLenses: ({ uri }) => this.#lenses(uri) }),
      vscode.window.onDidChangeVisibleTextEditors(() => this.#decorate()),
      vscode.commands.registerCommand(OPEN_LOG_AT, (id: LogId, offset?: number) =>
        openAt(id, offset === undefined ? undefined : { offset }),
      ),
    ])
      this.#disposables.add(owned);
  }

  async find(target: NodeTarget): Promise<void> {
    const scope = scopeOf(target);
    const pattern = await vscode.window.showInputBox({
      title: `Find in ${scope}`,
      prompt: 'A regular expression, tried on each line. Capitals count where you type some.',
      value: this.#last,
      valueSelection: [0, this.#last.length],
      ignoreFocusOut: true,
      validateInput: problemOf,
    });
    if (pattern === undefined || pattern === '') return;
    this.#last = pattern;
    const options = {
      location: vscode.ProgressLocation.Notification,
      title: `Looking for ${pattern} in ${scope}`,
      cancellable: true,
    };
    const result = await vscode.window.withProgress(options, (_, token) => {
      token.onCancellationRequested(() => this.#engine.notify('backfill/stopFind', {}));
      return this.#engine.request('backfill/findInLogs', { pattern, target });
    });
    await this.#show(pattern, findText(pattern, scope, result));
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  async #show(pattern: string, found: FindText): Promise<void> {
    this.#count++;
    // A name that says what was looked for, in a folder that makes it the language of logs.
    const name = pattern.replace(/[/\\?#]/g, '_').slice(0, 40);
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/.backfill/runs/${this.#count}/Find ${name}.log` });
    this.#found.set(uri.toString(), found);
    for (const key of [...this.#found.keys()].slice(0, -KEPT)) this.#found.delete(key);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: false });
    this.#decorate();
  }

  #decorate(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      const found = this.#found.get(editor.document.uri.toString());
      const ranges = found?.matches.map(({ line, from, to }) => new vscode.Range(line, from, line, to));
      if (ranges !== undefined) editor.setDecorations(this.#match, ranges);
    }
  }

  #links(uri: vscode.Uri): vscode.DocumentLink[] {
    return (this.#found.get(uri.toString())?.links ?? []).map(({ line, from, to, id, offset }) => {
      const query = encodeURIComponent(JSON.stringify(offset === undefined ? [id] : [id, offset]));
      const link = new vscode.DocumentLink(
        new vscode.Range(line, from, line, to),
        vscode.Uri.parse(`command:${OPEN_LOG_AT}?${query}`),
      );
      link.tooltip = 'Open the log there';
      return link;
    });
  }

  #lenses(uri: vscode.Uri): vscode.CodeLens[] {
    const command: CommandId = 'backfill.launch';
    return [...(this.#found.get(uri.toString())?.failed ?? [])].map(([node, dates]) => {
      const title = `Run again ${counted(dates.length, 'failed date')} of ${node}`;
      const target: NodeTarget = { nodes: [node], dates };
      return new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), { title, command, arguments: [target] });
    });
  }
}

function problemOf(text: string): string | undefined {
  try {
    new RegExp(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Where it is looked, in words. */
function scopeOf({ nodes, dates, from, to, backfill }: NodeTarget): string {
  if (backfill !== undefined && nodes === undefined) return `the logs of backfill ${backfill}`;
  const whose = nodes === undefined ? 'all logs' : `logs of ${namesText(nodes)}`;
  if (dates !== undefined)
    return dates.length === 1 ? `${whose} for ${dates[0]}` : `${whose} for ${counted(dates.length, 'date')}`;
  if (from === undefined || to === undefined) return whose;
  return from === to ? `${whose} for ${from}` : `${whose} from ${from} to ${to}`;
}

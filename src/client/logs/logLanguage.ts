import * as vscode from 'vscode';
import { formatBytes } from '../../base/figures';
import type { CommandId } from '../../protocol/contributions/commands';
import { LOG_LANGUAGE, LOG_SCHEME } from '../../protocol/contributions/ids';
import { LOG_TOKEN_TYPES } from '../../protocol/contributions/logLanguage';
import type { LogSection } from '../../protocol/logs';
import type { NodeTarget } from '../../protocol/targets';
import { Disposables } from '../disposables';
import type { Engine } from '../engine';
import type { LogFileSystem } from './logFileSystem';

/** More lines than any screen has. */
const MOST_LINES = 2_000;
const SELECTOR: vscode.DocumentSelector = { scheme: LOG_SCHEME };
const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** What editors show of a log beside its text: dates as headers, folds, outline and links; colours, arrival times and problems. */
export class LogLanguage implements vscode.Disposable {
  readonly #engine: Engine;
  readonly #logs: LogFileSystem;
  readonly #disposables = new Disposables();
  readonly #problems = vscode.languages.createDiagnosticCollection('backfill logs');
  readonly #lensesChanged = new vscode.EventEmitter<void>();
  readonly #hintsChanged = new vscode.EventEmitter<void>();
  readonly #foldsChanged = new vscode.EventEmitter<void>();
  #symbolProvider: vscode.Disposable | undefined;
  /** By address: lines that the text must have before what was said of them stands where it belongs. */
  readonly #ahead = new Map<string, number>();
  /** By address: the outline that VS Code was told of. */
  readonly #outlines = new WeakMap<object, true>();

  constructor(engine: Engine, logs: LogFileSystem) {
    this.#engine = engine;
    this.#logs = logs;
    const { languages } = vscode;
    const legend = new vscode.SemanticTokensLegend([...Object.keys(LOG_TOKEN_TYPES)]);
    for (const owned of [
      this.#problems,
      this.#lensesChanged,
      this.#hintsChanged,
      this.#foldsChanged,
      logs.onDidTell((uri) => this.#told(uri)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#arrived(document)),
      languages.registerCodeLensProvider(SELECTOR, {
        onDidChangeCodeLenses: this.#lensesChanged.event,
        provideCodeLenses: ({ uri, lineCount }) => this.#lenses(uri, lineCount),
      }),
      languages.registerFoldingRangeProvider(SELECTOR, {
        onDidChangeFoldingRanges: this.#foldsChanged.event,
        provideFoldingRanges: ({ uri }) => this.#folds(uri),
      }),
      languages.registerDocumentRangeSemanticTokensProvider(
        SELECTOR,
        { provideDocumentRangeSemanticTokens: (document, range) => this.#tokens(document, range, legend) },
        legend,
      ),
      languages.registerInlayHintsProvider(SELECTOR, {
        onDidChangeInlayHints: this.#hintsChanged.event,
        provideInlayHints: (document, range) => this.#hints(document, range),
      }),
    ])
      this.#disposables.add(owned);
    this.#registerSymbols();
  }

  dispose(): void {
    this.#symbolProvider?.dispose();
    this.#disposables.dispose();
  }

  #told(uri: vscode.Uri): void {
    this.#lensesChanged.fire();
    const log = this.#logs.shown(uri);
    if (log !== undefined && (log.outline === undefined || this.#outlines.has(log.outline))) return;
    if (log?.outline !== undefined) this.#outlines.set(log.outline, true);
    this.#foldsChanged.fire();
    this.#hintsChanged.fire();
    this.#registerSymbols();
    this.#setProblems(uri);
    const document = vscode.workspace.textDocuments.find((one) => one.uri.toString() === uri.toString());
    if (log === undefined || document === undefined) this.#ahead.delete(uri.toString());
    else if (document.lineCount - 1 !== log.lineCount) this.#ahead.set(uri.toString(), log.lineCount);
  }

  /** Text comes later than what is said of it: a problem of a line that is not there yet would stay at the end of the text. */
  #arrived({ uri, lineCount }: vscode.TextDocument): void {
    const awaited = this.#ahead.get(uri.toString());
    if (awaited === undefined) return;
    if (lineCount > awaited) this.#ahead.delete(uri.toString());
    this.#setProblems(uri);
  }

  #setProblems(uri: vscode.Uri): void {
    const problems = this.#logs.shown(uri)?.outline?.problems.map(({ line, message, severity }) => {
      const severities = vscode.DiagnosticSeverity;
      const found = new vscode.Diagnostic(
        new vscode.Range(line, 0, line, Number.MAX_SAFE_INTEGER),
        message,
        severity === 'error' ? severities.Error : severities.Warning,
      );
      found.source = 'backfill';
      return found;
    });
    this.#problems.set(uri, problems);
  }

  #lenses(uri: vscode.Uri, lineCount: number): vscode.CodeLens[] {
    const log = this.#logs.shown(uri);
    if (log === undefined) return [];
    const { earlier, later } = log.state;
    const lenses: vscode.CodeLens[] = [];
    if (earlier > 0) {
      const title = `$(arrow-up) Load earlier (${formatBytes(earlier)} before this)`;
      lenses.push(lens(0, title, 'backfill.loadEarlierLog'));
    }
    for (const section of log.outline?.sections ?? []) lenses.push(...lensesOf(section));
    if (later > 0) {
      const last = Math.max(0, lineCount - 1);
      lenses.push(lens(last, `$(arrow-down) Load later (${formatBytes(later)} after this)`, 'backfill.loadLaterLog'));
      lenses.push(lens(last, '$(debug-continue) Go to the end and follow', 'backfill.goToLogEnd'));
    }
    return lenses;
  }

  /** Outline and headers that stick are asked for when a document changes, or by a new provider: there is no event for them. */
  #registerSymbols(): void {
    const before = this.#symbolProvider;
    this.#symbolProvider = vscode.languages.registerDocumentSymbolProvider(SELECTOR, {
      provideDocumentSymbols: (document) => this.#symbols(document),
    });
    before?.dispose();
  }

  async #symbols({ uri, lineCount }: vscode.TextDocument): Promise<vscode.DocumentSymbol[]> {
    const { sections, problems } = await this.#logs.outline(uri);
    const last = Math.max(0, lineCount - 1);
    return sections.map(({ title, detail, line, lastLine, outcome }) => {
      const end = Math.min(Math.max(line, lastLine), last);
      const kind = outcome === 'bad' ? vscode.SymbolKind.Event : vscode.SymbolKind.Constant;
      const symbol = new vscode.DocumentSymbol(title, detail, kind, whole(line, end), whole(line, line));
      symbol.children = problems
        .filter((problem) => problem.line >= line && problem.line <= end && problem.message.startsWith(title))
        .map(
          (problem) =>
            new vscode.DocumentSymbol(
              problem.message.slice(title.length + 2),
              '',
              vscode.SymbolKind.Event,
              whole(problem.line, problem.line),
              whole(problem.line, problem.line),
            ),
        );
      return symbol;
    });
  }

  async #folds(uri: vscode.Uri): Promise<vscode.FoldingRange[]> {
    const { sections } = await this.#logs.outline(uri);
    return sections
      .filter(({ line, lastLine }) => lastLine > line)
      .map(({ line, lastLine }) => new vscode.FoldingRange(line, lastLine, vscode.FoldingRangeKind.Region));
  }

  async #tokens(document: vscode.TextDocument, range: vscode.Range, legend: vscode.SemanticTokensLegend) {
    const log = this.#logs.shown(document.uri);
    const builder = new vscode.SemanticTokensBuilder(legend);
    if (log === undefined) return builder.build();
    const first = range.start.line;
    const count = Math.min(range.end.line - first + 1, MOST_LINES);
    const lines = Array.from({ length: count }, (_, index) => document.lineAt(first + index).text);
    const found = await this.#engine.request('backfill/logTokens', { id: log.id, first, lines }).catch(() => []);
    for (const [line, start, length, kind] of found) builder.push(line, start, length, kind);
    return builder.build();
  }

  async #hints(document: vscode.TextDocument, range: vscode.Range): Promise<vscode.InlayHint[]> {
    const log = this.#logs.shown(document.uri);
    if (log === undefined || (await this.#logs.outline(document.uri)).timed) return [];
    const first = range.start.line;
    const count = Math.min(range.end.line - first + 1, MOST_LINES);
    const times = await this.#engine.request('backfill/logArrivals', { id: log.id, first, count }).catch(() => []);
    return times.flatMap((time, index) => {
      if (time === null || first + index >= document.lineCount) return [];
      const hint = new vscode.InlayHint(new vscode.Position(first + index, 0), TIME.format(time));
      hint.paddingRight = true;
      hint.tooltip = `Written about ${new Date(time).toLocaleString()}`;
      return [hint];
    });
  }
}

function lensesOf({ node, date, title, detail, outcome, line }: LogSection): vscode.CodeLens[] {
  const text = detail === '' ? title : `${title} · ${short(detail)}`;
  if (date === undefined) return [new vscode.CodeLens(whole(line, line), { title: text, command: '' })];
  const target: NodeTarget = { nodes: [node], from: date, to: date };
  return [
    lens(line, text, 'backfill.explain', target),
    lens(line, 'Show in Coverage', 'backfill.showInTree', target),
    ...(outcome === 'bad' ? [lens(line, 'Run again', 'backfill.launch', target)] : []),
  ];
}

function lens(line: number, title: string, command: CommandId, target?: NodeTarget): vscode.CodeLens {
  return new vscode.CodeLens(whole(line, line), { title, command, ...(target !== undefined && { arguments: [target] }) });
}

function whole(line: number, lastLine: number): vscode.Range {
  return new vscode.Range(line, 0, lastLine, Number.MAX_SAFE_INTEGER);
}

function short(text: string): string {
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}

/** The language of a log that was opened otherwise, such as by a link. */
export async function asLog(document: vscode.TextDocument): Promise<vscode.TextDocument> {
  return document.languageId === LOG_LANGUAGE ? document : vscode.languages.setTextDocumentLanguage(document, LOG_LANGUAGE);
}

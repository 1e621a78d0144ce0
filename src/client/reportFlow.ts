import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { formatDay } from '../base/day';
import type { ReportParams, ReportWindow } from '../protocol/messages';
import type { NodeTarget } from '../protocol/targets';
import type { Engine } from './engine';

const TITLE = 'Handoff report';

type Window = Pick<ReportParams, 'from' | 'to'>;

/** The handoff report: asks about which dates and where to, and opens it. */
export class ReportFlow {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async write({ nodes, from, to }: NodeTarget): Promise<void> {
    const { manifest } = this.#engine;
    if (manifest === undefined) return;
    const window =
      from === undefined || to === undefined
        ? await askWindow(await this.#engine.request('backfill/reportWindows', {}))
        : { from, to };
    if (window === undefined) return;
    const place = await askPlace();
    if (place === undefined) return;
    const file = place === 'file' ? await askFile(manifest) : undefined;
    if (place === 'file' && file === undefined) return;
    const { markdown, summary } = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: 'Writing handoff report' },
      () =>
        this.#engine.request('backfill/report', {
          ...(nodes !== undefined && nodes.length > 0 && { nodes }),
          ...window,
          ...(file !== undefined && { folder: dirname(file.fsPath) }),
        }),
    );
    const document = await open(markdown, file);
    await vscode.window.showTextDocument(document);
    const preview = 'Open Preview';
    const chosen = await vscode.window.showInformationMessage(`The handoff report is written: ${summary}.`, preview);
    if (chosen === preview) await vscode.commands.executeCommand('markdown.showPreview', document.uri);
  }
}

/** Undefined when it was dismissed. */
async function askWindow(windows: readonly ReportWindow[]): Promise<Window | undefined> {
  const items = windows.map(({ name, text, ...window }) => ({ label: name, description: text, window }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: TITLE,
    placeHolder: 'Which dates?',
    matchOnDescription: true,
  });
  return chosen?.window;
}

async function askPlace(): Promise<'editor' | 'file' | undefined> {
  const items = [
    { label: '$(edit) Open in an editor', description: 'to be saved where you like', place: 'editor' as const },
    { label: '$(save) Save as…', description: 'with links to the manifest and to plans', place: 'file' as const },
  ];
  const chosen = await vscode.window.showQuickPick(items, { title: TITLE, placeHolder: 'Where to?' });
  return chosen?.place;
}

async function askFile(manifest: string): Promise<vscode.Uri | undefined> {
  const name = `handoff-${formatDay(Math.floor(Date.now() / 86_400_000))}.md`;
  return vscode.window.showSaveDialog({
    title: TITLE,
    defaultUri: vscode.Uri.joinPath(vscode.Uri.file(dirname(manifest)), name),
    filters: { Markdown: ['md'] },
  });
}

async function open(markdown: string, file: vscode.Uri | undefined): Promise<vscode.TextDocument> {
  if (file === undefined) return vscode.workspace.openTextDocument({ language: 'markdown', content: markdown });
  await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(markdown));
  return vscode.workspace.openTextDocument(file);
}

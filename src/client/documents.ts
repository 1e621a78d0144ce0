import * as vscode from 'vscode';
import { messageOf } from '../base/logger';
import { DOCUMENT_SCHEME } from '../protocol/contributions';
import type { PartitionParams, PlanPreview } from '../protocol/messages';
import { Disposables } from './disposables';
import type { Engine } from './engine';

/** Read-only Markdown: explanations, which follow the data while they are open, and plans, which never change. */
export class Documents implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #engine: Engine;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #plans = new Map<string, PlanPreview>();
  readonly #disposables = new Disposables();

  readonly onDidChange = this.#changed.event;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#disposables.add(this.#changed);
    this.#disposables.add(vscode.workspace.registerTextDocumentContentProvider(DOCUMENT_SCHEME, this));
    this.#disposables.add(engine.on('backfill/treeChanged', () => this.#refreshExplanations()));
    this.#disposables.add(
      engine.onDidChangeStatus(({ state }) => {
        if (state === 'ready') this.#refreshExplanations();
      }),
    );
    this.#disposables.add(
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        if (uri.scheme === DOCUMENT_SCHEME) this.#plans.delete(planIdOf(uri) ?? '');
      }),
    );
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const planId = planIdOf(uri);
    if (planId !== undefined) {
      const plan = this.#plans.get(planId);
      return plan?.markdown ?? 'This plan belongs to an earlier session. Make it again with “Backfill: Launch Backfill…”.\n';
    }
    const partition = partitionOf(uri);
    if (partition === undefined) return 'There is no such document.\n';
    try {
      return await this.#engine.request('backfill/explain', partition);
    } catch (error) {
      return `# ${partition.node} ${partition.date}\n\n${messageOf(error)}\n`;
    }
  }

  async showExplanation(partition: PartitionParams): Promise<void> {
    const uri = vscode.Uri.from({
      scheme: DOCUMENT_SCHEME,
      path: `/explain/${partition.node} ${partition.date}.md`,
    });
    this.#changed.fire(uri);
    await vscode.commands.executeCommand('markdown.showPreview', uri);
  }

  /** Shows a plan in full. It can be run from its title as long as the document is open. */
  async showPlan(plan: PlanPreview): Promise<void> {
    this.#plans.set(plan.planId, plan);
    const uri = vscode.Uri.from({ scheme: DOCUMENT_SCHEME, path: `/plan/${plan.planId}.md` });
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: true, preserveFocus: true });
  }

  /** The plan that a document shows. */
  planOf(uri: vscode.Uri | undefined): PlanPreview | undefined {
    return uri?.scheme === DOCUMENT_SCHEME ? this.#plans.get(planIdOf(uri) ?? '') : undefined;
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #refreshExplanations(): void {
    for (const { uri } of vscode.workspace.textDocuments) {
      if (uri.scheme === DOCUMENT_SCHEME && partitionOf(uri) !== undefined) this.#changed.fire(uri);
    }
  }
}

function planIdOf({ path }: vscode.Uri): string | undefined {
  return /^\/plan\/(.+)\.md$/.exec(path)?.[1];
}

function partitionOf({ path }: vscode.Uri): PartitionParams | undefined {
  const match = /^\/explain\/(.+) (\S+)\.md$/.exec(path);
  const [, node, date] = match ?? [];
  return node === undefined || date === undefined ? undefined : { node, date };
}

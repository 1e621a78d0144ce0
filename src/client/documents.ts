import * as vscode from 'vscode';
import { namesText } from '../base/figures';
import { messageOf } from '../base/logger';
import { DOCUMENT_SCHEME } from '../protocol/contributions';
import type { PartitionParams, PlanPreview } from '../protocol/messages';
import { setContextKey } from './contextKeys';
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
    const tellPlan = () => setContextKey('backfill.planInFront', this.planInFront() !== undefined);
    this.#disposables.add(vscode.window.tabGroups.onDidChangeTabs(tellPlan));
    this.#disposables.add(vscode.window.tabGroups.onDidChangeTabGroups(tellPlan));
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
      path: `/explain/${partition.node} ${partition.date}`,
    });
    this.#changed.fire(uri);
    await vscode.commands.executeCommand('markdown.showPreview', uri);
  }

  /** Shows a plan in full. It can be run from its title as long as it is in front. */
  async showPlan(plan: PlanPreview): Promise<void> {
    this.#plans.set(plan.planId, plan);
    for (const id of [...this.#plans.keys()].slice(0, -KEPT_PLANS)) this.#plans.delete(id);
    const path = `/plan/${plan.planId}/${planName(plan)}`;
    await vscode.commands.executeCommand('markdown.showPreview', vscode.Uri.from({ scheme: DOCUMENT_SCHEME, path }));
  }

  /** The plan in the active tab. A preview tells extensions nothing but its title. */
  planInFront(): PlanPreview | undefined {
    const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
    if (!(tab?.input instanceof vscode.TabInputWebview) || !tab.input.viewType.endsWith('markdown.preview')) return undefined;
    return [...this.#plans.values()].find((plan) => tab.label.endsWith(planName(plan)));
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

const KEPT_PLANS = 20;

/** Short enough for a tab, and different for each plan. */
function planName({ planId, processors }: PlanPreview): string {
  return `Plan ${namesText(processors)} ${planId.slice(planId.lastIndexOf('-') + 1)}`;
}

function planIdOf({ path }: vscode.Uri): string | undefined {
  return /^\/plan\/([^/]+)\//.exec(path)?.[1];
}

function partitionOf({ path }: vscode.Uri): PartitionParams | undefined {
  const match = /^\/explain\/(.+) (\S+)$/.exec(path);
  const [, node, date] = match ?? [];
  return node === undefined || date === undefined ? undefined : { node, date };
}

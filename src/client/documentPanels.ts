import * as vscode from 'vscode';
import { messageOf } from '../base/logger';
import type { CommandId } from '../protocol/contributions/commands';
import { EXPLANATION_VIEW_TYPE, PLAN_VIEW_TYPE, REPAIR_VIEW_TYPE } from '../protocol/contributions/ids';
import type { PlanPreview, RepairDocument } from '../protocol/messages';
import type { PartitionParams } from '../protocol/targets';
import { setContextKey } from './contextKeys';
import { Disposables } from './disposables';
import type { Engine } from './engine';

/** What a document's links may run. */
const LINKED: readonly CommandId[] = [
  'backfill.explain',
  'backfill.launch',
  'backfill.openLog',
  'backfill.runPlan',
  'backfill.deletePlanned',
  'backfill.impact',
  'backfill.waive',
  'backfill.clean',
];

/**
 * Read-only documents: an explanation, which follows the data while it is open, a plan, and what a repair takes. They are pages of our own because VS Code's
 * Markdown preview takes the focus once it has loaded, from whatever somebody is typing into, and runs no commands.
 */
export class DocumentPanels implements vscode.Disposable {
  readonly #engine: Engine;
  readonly #explanation: DocumentPanel;
  readonly #plan: DocumentPanel;
  readonly #repair: DocumentPanel;
  readonly #disposables = new Disposables();
  #partition: PartitionParams | undefined;
  #shownPlan: PlanPreview | undefined;

  constructor(extensionUri: vscode.Uri, engine: Engine) {
    this.#engine = engine;
    this.#explanation = this.#disposables.add(new DocumentPanel(EXPLANATION_VIEW_TYPE, extensionUri));
    this.#plan = this.#disposables.add(new DocumentPanel(PLAN_VIEW_TYPE, extensionUri));
    this.#repair = this.#disposables.add(new DocumentPanel(REPAIR_VIEW_TYPE, extensionUri));
    this.#disposables.add(engine.on('backfill/treeChanged', () => void this.#refresh()));
    this.#disposables.add(
      engine.onDidChangeStatus(({ state }) => {
        if (state !== 'ready') return;
        void this.#refresh();
        // VS Code loads its renderer at the first use: better now than when somebody waits for a document.
        void render('');
      }),
    );
  }

  /** @param preserveFocus for those who point at one date after the other. */
  async showExplanation(partition: PartitionParams, preserveFocus: boolean): Promise<void> {
    this.#partition = partition;
    const markdown = await this.#explain(partition);
    if (this.#partition === partition)
      await this.#explanation.show(`${partition.node} ${partition.date}`, markdown, preserveFocus);
  }

  /** The focus stays where it is: the plan is confirmed in an input that comes right after it. */
  async showPlan(plan: PlanPreview): Promise<void> {
    this.#shownPlan = plan;
    setContextKey('backfill.planDeletes', plan.deletes === true);
    await this.#plan.show(plan.deletes === true ? plan.headline : `Plan: ${plan.headline}`, plan.markdown, true);
  }

  async showRepair({ title, markdown }: RepairDocument): Promise<void> {
    await this.#repair.show(title, markdown, false);
  }

  /** The plan that is on the screen. */
  get visiblePlan(): PlanPreview | undefined {
    return this.#plan.visible ? this.#shownPlan : undefined;
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  async #refresh(): Promise<void> {
    const partition = this.#partition;
    if (partition === undefined || !this.#explanation.visible) return;
    const markdown = await this.#explain(partition);
    if (this.#partition === partition) await this.#explanation.update(markdown);
  }

  async #explain(partition: PartitionParams): Promise<string> {
    try {
      return await this.#engine.request('backfill/explain', partition);
    } catch (error) {
      return `# ${partition.node} ${partition.date}\n\n${messageOf(error)}\n`;
    }
  }
}

/** HTML by VS Code's own Markdown extension; the plain text where somebody has disabled that one. */
async function render(markdown: string): Promise<string> {
  try {
    return await vscode.commands.executeCommand<string>('markdown.api.render', markdown);
  } catch {
    return `<pre>${markdown.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`)}</pre>`;
  }
}

/** One panel that shows one Markdown document after the other. */
class DocumentPanel implements vscode.Disposable {
  readonly #viewType: string;
  readonly #media: vscode.Uri;
  #panel: vscode.WebviewPanel | undefined;
  #markdown = '';

  constructor(viewType: string, extensionUri: vscode.Uri) {
    this.#viewType = viewType;
    this.#media = vscode.Uri.joinPath(extensionUri, 'media');
  }

  get visible(): boolean {
    return this.#panel?.visible ?? false;
  }

  async show(title: string, markdown: string, preserveFocus: boolean): Promise<void> {
    if (this.#panel === undefined) this.#panel = this.#create(title, preserveFocus);
    else this.#panel.reveal(undefined, preserveFocus);
    this.#panel.title = title;
    await this.update(markdown);
  }

  /** Replaces what is shown, unless it is the same. */
  async update(markdown: string): Promise<void> {
    if (this.#panel === undefined || markdown === this.#markdown) return;
    this.#markdown = markdown;
    const body = await render(markdown);
    // Another document may have come meanwhile, or the panel gone.
    if (this.#markdown === markdown && this.#panel !== undefined)
      this.#panel.webview.html = this.#html(this.#panel.webview, body);
  }

  dispose(): void {
    this.#panel?.dispose();
  }

  #create(title: string, preserveFocus: boolean): vscode.WebviewPanel {
    const panel = vscode.window.createWebviewPanel(
      this.#viewType,
      title,
      { viewColumn: vscode.ViewColumn.Active, preserveFocus },
      { enableScripts: false, enableFindWidget: true, enableCommandUris: LINKED, localResourceRoots: [this.#media] },
    );
    this.#markdown = '';
    panel.onDidDispose(() => {
      this.#panel = undefined;
    });
    return panel;
  }

  #html(webview: vscode.Webview, body: string): string {
    const style = webview.asWebviewUri(vscode.Uri.joinPath(this.#media, 'document.css')).toString();
    return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${webview.cspSource}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${style}">
</head>
<body>${body}</body>
</html>`;
  }
}

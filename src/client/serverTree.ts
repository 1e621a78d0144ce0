import * as vscode from 'vscode';
import { messageOf } from '../base/logger';
import type { CommandId } from '../protocol/contributions/commands';
import type { TreeNode, TreeViewId } from '../protocol/messages';
import type { PartitionParams } from '../protocol/targets';
import { Disposables } from './disposables';
import type { Engine } from './engine';
import { NodeStore, type ViewNode } from './nodeStore';

const ACTIONS: Readonly<Record<NonNullable<TreeNode['action']>, { command: CommandId; title: string }>> = {
  explain: { command: 'backfill.explain', title: 'Explain' },
  attach: { command: 'backfill.attach', title: 'Show in terminal' },
  openManifest: { command: 'backfill.openManifest', title: 'Open the manifest' },
  refresh: { command: 'backfill.refresh', title: 'Refresh' },
  clearFilter: { command: 'backfill.clearFilter', title: 'Show all' },
  openTiming: { command: 'backfill.openTiming', title: 'Open timing' },
  restartEngine: { command: 'backfill.restartEngine', title: 'Restart the engine' },
};

/** What a Markdown tooltip of a node may run. */
const TOOLTIP_COMMANDS: readonly CommandId[] = [
  'backfill.explain',
  'backfill.launch',
  'backfill.openLog',
  'backfill.attach',
  'backfill.pause',
  'backfill.resume',
];

/**
 * Shows a tree that the server composes: asks lazily, keeps one object an id, and refreshes only what the server announces.
 * While the engine is away the last good view stays, under a node that says so.
 */
export class ServerTree implements vscode.TreeDataProvider<ViewNode>, vscode.Disposable {
  readonly #engine: Engine;
  readonly #view: TreeViewId;
  readonly #log: vscode.LogOutputChannel;
  readonly #store = new NodeStore();
  readonly #changed = new vscode.EventEmitter<ViewNode | undefined>();
  readonly #disposables = new Disposables();
  readonly #engineNode: ViewNode;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(engine: Engine, view: TreeViewId, log: vscode.LogOutputChannel) {
    this.#engine = engine;
    this.#view = view;
    this.#log = log;
    this.#engineNode = { data: engineNode(view, 'The engine is starting…', false), parent: undefined };
    this.#disposables.add(this.#changed);
    this.#disposables.add(
      engine.on('backfill/treeChanged', ({ view: changed, updated, reordered }) => {
        if (changed === view) for (const node of this.#store.change(updated, reordered)) this.#changed.fire(node);
      }),
    );
    this.#disposables.add(
      engine.onDidChangeStatus(({ state, reason }) => {
        if (state === 'none') this.#store.clear();
        if (state === 'ready') this.#store.outdateAll();
        this.#engineNode.data =
          state === 'starting'
            ? engineNode(view, 'The engine is starting…', false)
            : engineNode(
                view,
                state === 'failed' ? 'The engine ended. Restart it' : 'The engine ended and is started again…',
                true,
                reason,
              );
        this.#changed.fire(undefined);
      }),
    );
  }

  async getChildren(element?: ViewNode): Promise<ViewNode[]> {
    // The welcome content says what an untrusted workspace can do; it shows only where there is no child.
    if (!vscode.workspace.isTrusted || this.#engine.status.state === 'none') return [];
    const children = await this.#children(element);
    return element === undefined ? this.#withEngine(children) : [...children];
  }

  getTreeItem({ data }: ViewNode): vscode.TreeItem {
    const item = new vscode.TreeItem(data.label, collapsibleState(data));
    item.id = data.id;
    item.iconPath = new vscode.ThemeIcon(data.icon, data.color === undefined ? undefined : new vscode.ThemeColor(data.color));
    item.contextValue = data.context;
    item.accessibilityInformation = { label: data.accessibilityLabel };
    if (data.description !== undefined) item.description = data.description;
    if (data.action !== undefined) item.command = { ...ACTIONS[data.action], arguments: [data.target ?? {}] };
    // Left undefined, so that resolveTreeItem is asked when somebody points at the node.
    if (data.hasTooltip !== true) item.tooltip = data.tooltip ?? data.label;
    return item;
  }

  /** Selects a partition in the view; false where the tree does not have it. */
  async show(partition: PartitionParams, view: vscode.TreeView<ViewNode>): Promise<boolean> {
    const path = await this.#engine.request('backfill/treePath', { view: this.#view, ...partition });
    let node: ViewNode | undefined;
    for (const id of path) {
      node = (await this.#children(node)).find(({ data }) => data.id === id);
      if (node === undefined) return false;
    }
    if (node === undefined) return false;
    await view.reveal(node, { select: true, focus: true, expand: false });
    return true;
  }

  getParent(element: ViewNode): ViewNode | undefined {
    return element.parent;
  }

  async resolveTreeItem(item: vscode.TreeItem, element: ViewNode): Promise<vscode.TreeItem> {
    try {
      const markdown = await this.#engine.request('backfill/tooltip', { view: this.#view, id: element.data.id });
      const tooltip = new vscode.MarkdownString(markdown, true);
      tooltip.isTrusted = { enabledCommands: TOOLTIP_COMMANDS };
      item.tooltip = tooltip;
    } catch {
      item.tooltip = element.data.accessibilityLabel;
    }
    return item;
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  async #children(parent: ViewNode | undefined): Promise<readonly ViewNode[]> {
    const known = this.#store.children(parent) ?? [];
    if (this.#store.isCurrent(parent) || this.#engine.status.state !== 'ready') return known;
    try {
      const told = await this.#engine.request('backfill/tree', {
        view: this.#view,
        ...(parent === undefined ? {} : { parent: parent.data.id }),
      });
      return this.#store.setChildren(parent, told);
    } catch (error) {
      // A rejection here would be a toast at every refresh.
      this.#log.warn(`Children of ${parent?.data.id ?? this.#view}: ${messageOf(error)}`);
      return known;
    }
  }

  #withEngine(children: readonly ViewNode[]): ViewNode[] {
    const { state } = this.#engine.status;
    if (state === 'ready') return [...children];
    // Without a last good view the welcome content says it at length.
    if (state === 'failed' && children.length === 0) return [];
    // Once is enough: the other view is above this one.
    if (this.#view !== 'coverage') return [...children];
    return [this.#engineNode, ...children];
  }
}

function engineNode(view: TreeViewId, label: string, ended: boolean, reason?: string): TreeNode {
  return {
    id: `${view}/@engine`,
    label,
    icon: ended ? 'warning' : 'loading~spin',
    ...(ended ? { color: 'problemsWarningIcon.foreground', action: 'restartEngine' as const } : {}),
    ...(reason === undefined ? {} : { description: reason }),
    children: false,
    context: 'message',
    accessibilityLabel: reason === undefined ? label : `${label}: ${reason}`,
  };
}

function collapsibleState({ children, expanded }: TreeNode): vscode.TreeItemCollapsibleState {
  if (!children) return vscode.TreeItemCollapsibleState.None;
  return expanded === true ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed;
}

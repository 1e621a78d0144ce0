import * as vscode from 'vscode';
import { counted } from '../base/figures';
import { messageOf } from '../base/logger';
import type { Mode } from '../base/status';
import { MANIFEST_NAME } from '../protocol/contributions/ids';
import type { SettingId } from '../protocol/contributions/settings';
import type { ViewId } from '../protocol/contributions/views';
import type { PartitionParams } from '../protocol/targets';
import { Arrangement } from './arrangement';
import { possibleWith } from './backfillText';
import { commandsOf, registerCommands, registerCopyText } from './commands';
import { setContextKey } from './contextKeys';
import { DocumentPanels } from './documentPanels';
import { Engine } from './engine';
import { EngineStatusItem } from './engineStatusItem';
import { LaunchFlow } from './launchFlow';
import { LogPanels } from './logs/logPanels';
import { MatrixPanel } from './matrixPanel';
import type { ViewNode } from './nodeStore';
import { Notifier } from './notifier';
import type { RunCommand } from './pagePanel';
import { Pipelines } from './pipelines';
import { RepairFlow } from './repairFlow';
import { ReportFlow } from './reportFlow';
import { ServerTree } from './serverTree';
import { StatusBar } from './statusBar';
import { Terminals } from './terminals';
import { TimingPanel } from './timingPanel';
import { ToldNews } from './toldNews';
import { Watching } from './watching';

let running: Engine | undefined;

/** Registers everything at once; the engine and the language client come after it. */
export function activate(context: vscode.ExtensionContext): void {
  try {
    register(context);
  } catch (error) {
    // VS Code itself says nothing when an activation fails.
    void vscode.window.showErrorMessage(`Backfill Explorer could not be started: ${messageOf(error)}`);
    throw error;
  }
}

export async function deactivate(): Promise<void> {
  await running?.stop();
}

function register(context: vscode.ExtensionContext): void {
  const own = <T extends vscode.Disposable>(disposable: T): T => {
    context.subscriptions.push(disposable);
    return disposable;
  };
  const log = own(vscode.window.createOutputChannel('Backfill Explorer', { log: true }));
  const engine = own(new Engine(context.asAbsolutePath('dist/server.js'), log));
  running = engine;
  const pipelines = own(new Pipelines(context.workspaceState));
  const documents = own(new DocumentPanels(context.extensionUri, engine));
  const logs = own(new LogPanels(engine));
  const terminals = own(new Terminals(context));
  const launchFlow = new LaunchFlow(engine, documents, terminals);
  const repairFlow = new RepairFlow(engine, documents, launchFlow);
  const reportFlow = new ReportFlow(engine);
  const run: RunCommand = (command, target) => vscode.commands.executeCommand(command, target);
  const matrix = own(new MatrixPanel(context.extensionUri, engine, run));
  const timing = own(new TimingPanel(context.extensionUri, engine, run));
  const arrangement = own(new Arrangement(engine, context.workspaceState));
  const describe = () => describeExtension(context, engine);
  const coverageTree = own(new ServerTree(engine, 'coverage', log));
  const coverage = own(view('backfill.coverage', coverageTree, true));
  const showInTree = (partition: PartitionParams) => coverageTree.show(partition, coverage);
  const commands = commandsOf({
    log,
    engine,
    arrangement,
    pipelines,
    documents,
    logs,
    terminals,
    launchFlow,
    repairFlow,
    reportFlow,
    matrix,
    timing,
    showInTree,
    describe,
  });
  own(registerCommands(commands, log));
  own(registerCopyText());

  const backfills = own(view('backfill.backfills', own(new ServerTree(engine, 'backfills', log)), false));
  const failures = own(view('backfill.failures', own(new ServerTree(engine, 'failures', log)), true));
  own(new Watching(engine, [coverage, backfills, failures], failures, matrix, timing));
  const statusBar = own(new StatusBar(engine, context.workspaceState));
  own(backfills.onDidChangeVisibility(({ visible }) => visible && statusBar.acknowledge()));
  own(backfills.onDidChangeSelection(() => statusBar.acknowledge()));
  own(new EngineStatusItem(engine, MANIFEST_NAME));
  own(new Notifier(engine, new ToldNews(vscode.Uri.joinPath(context.globalStorageUri, 'told').fsPath)));
  own(
    engine.on('backfill/state', ({ coverage: read, failures: noted, instead }) => {
      const gaps = read?.gaps ?? 0;
      coverage.badge =
        gaps === 0 ? undefined : { value: gaps, tooltip: `${counted(gaps, 'gap')}, ${counted(read?.causes ?? 0, 'cause')}` };
      const stop = noted?.stop ?? 0;
      // No badge: most of these are gaps, and one that counts them again would say that there are more.
      failures.description = stop === 0 ? '' : `${counted(stop, 'partition')} to look at first`;
      setContextKey('backfill.failures', noted?.content);
      coverage.description = read === undefined ? '' : `${read.pipeline} · ${read.mode}`;
      coverage.message = instead ?? '';
      setContextKey('backfill.read', read !== undefined);
    }),
  );
  own(
    engine.on('backfill/backfillsChanged', ({ backfills: all }) => {
      setContextKey('backfill.backfills', all.length === 0 ? 'none' : 'some');
      setContextKey('backfill.possible', possibleWith(all));
    }),
  );
  own(
    engine.onDidChangeStatus(({ state }) => {
      setContextKey('backfill.engine', state);
      // What stands there instead of a tree says that the engine does not run.
      if (state === 'failed') coverage.message = '';
      if (state !== 'none') return;
      // Without a manifest nothing is known any more.
      coverage.badge = undefined;
      coverage.description = coverage.message = failures.description = '';
      setContextKey('backfill.read', false);
      setContextKey('backfill.failures', undefined);
      setContextKey('backfill.backfills', undefined);
      setContextKey('backfill.possible', []);
    }),
  );

  const show = () => {
    showPipeline(engine, pipelines).catch((error: unknown) => log.error(messageOf(error)));
  };
  own(pipelines.onDidChange(show));
  own(vscode.workspace.onDidGrantWorkspaceTrust(show));
  own(
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(MODE)) engine.notify('backfill/mode', { mode: modeOf() });
    }),
  );
  show();
  terminals
    .installLauncher()
    .catch((error: unknown) => log.warn(`The command “backfill” is not on the PATH: ${messageOf(error)}`));
}

const MODE: SettingId = 'backfill.mode';

function modeOf(): Mode {
  return vscode.workspace.getConfiguration().get<Mode>(MODE, 'backfill');
}

function view(id: ViewId, tree: ServerTree, canSelectMany: boolean): vscode.TreeView<ViewNode> {
  return vscode.window.createTreeView(id, { treeDataProvider: tree, showCollapseAll: true, canSelectMany });
}

/** Starts the engine for the pipeline of the workspace, unless it serves it as it is. */
async function showPipeline(engine: Engine, pipelines: Pipelines): Promise<void> {
  const pipeline = await pipelines.current();
  setContextKey('backfill.hasManifest', pipeline !== undefined);
  setContextKey('backfill.manyPipelines', (await pipelines.all()).length > 1);
  if (pipeline === undefined) {
    await engine.stop();
    setContextKey('backfill.engine', 'none');
    return;
  }
  const trusted = vscode.workspace.isTrusted;
  if (engine.manifest === pipeline.manifest.fsPath && engine.trusted === trusted) return;
  await engine.start({ manifest: pipeline.manifest.fsPath, trusted, mode: modeOf() });
}

function describeExtension(context: vscode.ExtensionContext, engine: Engine): string {
  const { state, reason } = engine.status;
  return [
    `Backfill Explorer ${String(context.extension.packageJSON['version'])}`,
    `VS Code ${vscode.version}, ${vscode.env.remoteName === undefined ? 'local' : 'remote'}, ${process.platform} ${process.arch}, Node ${process.version}`,
    `Engine: ${state}${reason === undefined ? '' : ` (${reason})`}${engine.pid === undefined ? '' : `, process ${engine.pid}`}`,
  ].join('\n');
}

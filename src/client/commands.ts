import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { namesText } from '../base/figures';
import { messageOf } from '../base/logger';
import { MODES, type Mode } from '../base/status';
import { COPY_TEXT, type CommandId } from '../protocol/contributions/commands';
import type { SettingId } from '../protocol/contributions/settings';
import type { BackfillSummary } from '../protocol/messages';
import type { NodeTarget, PartitionParams } from '../protocol/targets';
import type { Arrangement } from './arrangement';
import { isActive, resultText } from './backfillText';
import type { DocumentPanels } from './documentPanels';
import type { Engine } from './engine';
import type { LaunchFlow } from './launchFlow';
import { askDate, askNode } from './launchQuestions';
import type { LogPanels } from './logs/logPanels';
import type { MatrixPanel } from './matrixPanel';
import type { Pipelines } from './pipelines';
import type { RepairFlow } from './repairFlow';
import type { ReportFlow } from './reportFlow';
import { MIXED, targetOf } from './target';
import type { Terminals } from './terminals';
import type { TimingPanel } from './timingPanel';

export interface CommandContext {
  readonly log: vscode.LogOutputChannel;
  readonly engine: Engine;
  readonly arrangement: Arrangement;
  readonly pipelines: Pipelines;
  readonly documents: DocumentPanels;
  readonly logs: LogPanels;
  readonly terminals: Terminals;
  readonly launchFlow: LaunchFlow;
  readonly repairFlow: RepairFlow;
  readonly reportFlow: ReportFlow;
  readonly matrix: MatrixPanel;
  readonly timing: TimingPanel;
  /** Selects a partition in the Coverage tree; false where the tree does not have it. */
  readonly showInTree: (partition: PartitionParams) => Promise<boolean>;
  /** Versions and counts of the extension's own side. */
  readonly describe: () => string;
}

/** What each command does with what it was called on; a palette calls it on nothing, and then the person is asked. */
export type Commands = Readonly<Record<CommandId, (target: NodeTarget) => Promise<void>>>;

export function commandsOf(context: CommandContext): Commands {
  const { log, engine, arrangement, pipelines, documents, logs, terminals, launchFlow, repairFlow, reportFlow, matrix, timing } =
    context;
  const runShown = async () => {
    const plan = documents.visiblePlan;
    if (plan === undefined) tell('Open a plan first: “Backfill: Launch Backfill…” makes one.');
    else await launchFlow.run(plan);
  };
  return {
    'backfill.launch': (target) => launchFlow.launch(target),
    'backfill.fillGaps': (target) => launchFlow.fillGaps(target),
    'backfill.runPlan': () => runShown(),
    'backfill.deletePlanned': () => runShown(),
    'backfill.explain': async ({ nodes = [], from, to, dates }) => {
      const node = nodes[0] ?? (await askNode(await engine.request('backfill/choices', {}), 'Explain'));
      if (node === undefined) return;
      const [first] = dates ?? (from === to && from !== undefined ? [from] : []);
      const date = first ?? (await askDate(node, await engine.request('backfill/gapDates', { node }), 'Explain'));
      if (date !== undefined) await documents.showExplanation({ node, date }, first !== undefined);
    },
    'backfill.impact': (target) => repairFlow.showImpact(target),
    'backfill.waive': (target) => repairFlow.waive(target),
    'backfill.clean': (target) => repairFlow.clean(target),
    'backfill.removeWaiver': (target) => repairFlow.removeWaiver(target),
    'backfill.openWaivers': () => repairFlow.openWaivers(),
    'backfill.openMatrix': async ({ nodes = [], from }) => {
      const [node] = nodes;
      matrix.show(node === undefined || from === undefined ? undefined : { node, date: from });
    },
    'backfill.openTiming': async ({ nodes: [node] = [], from, backfill }) => {
      const of =
        backfill === undefined ? undefined : (await engine.request('backfill/backfills', {})).find(({ id }) => id === backfill);
      const processor = node ?? of?.processors[0];
      timing.show(processor === undefined ? undefined : { processor, ...(from !== undefined && { date: from }) });
    },
    'backfill.matrixSelectCause': async () => matrix.do('selectCause'),
    'backfill.matrixCopyMarkdown': async () => matrix.do('copyMarkdown'),
    'backfill.matrixCopyCsv': async () => matrix.do('copyCsv'),
    'backfill.matrixExportPng': async () => matrix.do('exportPng'),
    'backfill.writeReport': (target) => reportFlow.write(target),
    'backfill.groupCoverage': () => arrangement.group(),
    'backfill.filterCoverage': () => arrangement.filter(),
    'backfill.clearFilter': () => arrangement.clear(),
    'backfill.refresh': async () => {
      await vscode.window.withProgress({ location: { viewId: 'backfill.coverage' } }, () =>
        engine.request('backfill/refresh', {}),
      );
    },
    'backfill.attach': async (target) => {
      const backfill = await askBackfill(engine, target, () => true, 'Which backfill?');
      const { manifest } = engine;
      if (backfill === undefined || manifest === undefined) return;
      await terminals.attach({ id: backfill.id, name: namesText(backfill.processors) }, manifest);
    },
    'backfill.cancel': async (target) => {
      const isCut = ({ phase }: BackfillSummary) => phase === 'interrupted';
      const isOffered = (one: BackfillSummary) => isActive(one) || isCut(one);
      const backfill = await askBackfill(engine, target, isOffered, 'Which backfill to cancel?');
      const { manifest } = engine;
      if (backfill === undefined || manifest === undefined) return;
      const cancel = 'Cancel Backfill';
      const chosen = await vscode.window.showWarningMessage(
        `Cancel the backfill of ${namesText(backfill.processors)}?`,
        {
          modal: true,
          detail: isCut(backfill)
            ? `${resultText(backfill)}. What is left is not run; a job that its executor left is ended.`
            : `${resultText(backfill)}. What runs is asked to end; what is done stays.`,
        },
        cancel,
      );
      if (chosen !== cancel) return;
      // Without an executor nobody is there to be asked: the command line starts one that closes it.
      if (isCut(backfill))
        await terminals.run(
          'Backfill cancel',
          ['cancel', backfill.id, '--manifest', manifest],
          vscode.Uri.file(dirname(manifest)),
        );
      else await engine.request('backfill/cancel', { id: backfill.id });
    },
    'backfill.pause': async (target) => {
      const backfill = await askBackfill(engine, target, ({ phase }) => phase === 'running', 'Which backfill to pause?');
      if (backfill !== undefined) await engine.request('backfill/pause', { id: backfill.id });
    },
    'backfill.resume': async (target) => {
      const isResumable = ({ phase }: BackfillSummary) => phase === 'paused' || phase === 'interrupted';
      const backfill = await askBackfill(engine, target, isResumable, 'Which backfill to resume?');
      const { manifest } = engine;
      if (backfill === undefined || manifest === undefined) return;
      if (backfill.phase === 'paused') await engine.request('backfill/continue', { id: backfill.id });
      else if (backfill.phase === 'interrupted')
        await terminals.resume({ id: backfill.id, name: namesText(backfill.processors) }, manifest);
      else tell(`The backfill of ${namesText(backfill.processors)} is ${backfill.phase}: there is nothing to resume.`);
    },
    'backfill.endJob': async (target) => {
      const job = await askJob(engine, target, 'End which job?');
      if (job === undefined) return;
      const end = 'End Job';
      const chosen = await vscode.window.showWarningMessage(
        `End the job of ${job.name}?`,
        {
          modal: true,
          detail:
            'It is asked to end, and killed if it does not. What it did is judged by what its table holds then; the backfill goes on with its other dates.',
        },
        end,
      );
      if (chosen === end) await engine.request('backfill/endJob', { id: job.backfill, attempt: job.attempt });
    },
    'backfill.keepWaiting': async (target) => {
      const job = await askJob(engine, target, 'Wait for which job?');
      if (job !== undefined) await engine.request('backfill/keepWaiting', { id: job.backfill, attempt: job.attempt });
    },
    'backfill.openLog': async (target) => {
      const { nodes: [node] = [], from: date, backfill } = target;
      const params =
        node !== undefined && date !== undefined
          ? { node, date }
          : backfill !== undefined
            ? { backfill }
            : await askBackfill(engine, {}, () => true, 'Log of which backfill?').then((one) => one && { backfill: one.id });
      if (params === undefined) return;
      const found = await engine.request('backfill/log', params);
      if (found === null) tell('There is no log: nothing was run there yet. “Backfill: Launch Backfill…” runs it.');
      else await logs.open(found);
    },
    'backfill.findInLogs': (target) => logs.find(target),
    'backfill.loadEarlierLog': () => logs.move('earlier'),
    'backfill.loadLaterLog': () => logs.move('later'),
    'backfill.goToLogEnd': () => logs.move('end'),
    'backfill.showInTree': async ({ nodes = [], from }) => {
      const node = nodes[0] ?? (await askNode(await engine.request('backfill/choices', {}), 'Show in Coverage'));
      if (node === undefined) return;
      const date = from ?? (await askDate(node, await engine.request('backfill/gapDates', { node }), 'Show in Coverage:'));
      if (date === undefined || (await context.showInTree({ node, date }))) return;
      const clear = 'Show All';
      const hidden = `Coverage does not show ${node} ${date}${arrangement.isFiltered ? ': it is filtered' : ''}.`;
      const chosen = await vscode.window.showInformationMessage(hidden, ...(arrangement.isFiltered ? [clear] : []));
      if (chosen !== clear) return;
      await arrangement.clear();
      await context.showInTree({ node, date });
    },
    'backfill.init': async () => {
      const folder = await askFolder();
      if (folder === undefined) return;
      // Its terminal stays open when it could not write one, and says why.
      await terminals.run('Backfill init', ['init'], folder.uri);
      const made = (await pipelines.all()).find((pipeline) => pipeline.folder === folder);
      if (made !== undefined) await vscode.window.showTextDocument(made.manifest);
    },
    'backfill.openManifest': async () => {
      const pipeline = await pipelines.current();
      if (pipeline === undefined) tell('There is no backfill.yaml here. “Backfill: Create a Manifest…” makes one.');
      else await vscode.window.showTextDocument(pipeline.manifest);
    },
    'backfill.selectPipeline': async () => {
      const all = await pipelines.all();
      const items = all.map((pipeline) => ({
        label: pipeline.folder.name,
        description: vscode.workspace.asRelativePath(pipeline.manifest, false),
        pipeline,
      }));
      const chosen = await vscode.window.showQuickPick(items, { placeHolder: 'Which pipeline do the views show?' });
      if (chosen !== undefined) await pipelines.choose(chosen.pipeline);
    },
    'backfill.selectMode': async () => {
      const setting: SettingId = 'backfill.mode';
      const configuration = vscode.workspace.getConfiguration();
      const current = configuration.get<Mode>(setting, 'backfill');
      const items = MODES.map((mode) => ({
        label: mode,
        description: MODE_TEXTS[mode],
        ...(mode === current && { detail: 'now' }),
      }));
      const chosen = await vscode.window.showQuickPick(items, { placeHolder: 'Which thresholds decide what is complete?' });
      if (chosen !== undefined) await configuration.update(setting, chosen.label, vscode.ConfigurationTarget.Workspace);
    },
    'backfill.restartEngine': () => engine.restart(),
    'backfill.showLog': async () => log.show(),
    'backfill.copyDiagnostics': async () => {
      const server = await engine.request('backfill/diagnostics', {}).catch((error: unknown) => `Engine: ${messageOf(error)}`);
      await vscode.env.clipboard.writeText(`${context.describe()}\n${server}\n`);
      tell('Copied the diagnostics. They hold versions, counts and errors, no data.');
    },
  };
}

/** Registers every command; what one throws is told in one place. */
export function registerCommands(commands: Commands, log: vscode.LogOutputChannel): vscode.Disposable {
  const registered = (Object.keys(commands) as CommandId[]).map((id) =>
    vscode.commands.registerCommand(id, async (first?: unknown, selected?: unknown) => {
      try {
        const target = targetOf(first, selected);
        if (target === MIXED) tell('Select dates of one processor, or the same dates of several.');
        else await commands[id](target);
      } catch (error) {
        log.error(`${id}: ${messageOf(error)}`);
        void vscode.window.showErrorMessage(messageOf(error), 'Show Log').then((chosen) => {
          if (chosen !== undefined) log.show();
        });
      }
    }),
  );
  return vscode.Disposable.from(...registered);
}

/** The command behind quick fixes that give a statement to run elsewhere. */
export function registerCopyText(): vscode.Disposable {
  return vscode.commands.registerCommand(COPY_TEXT, async (text: unknown) => {
    if (typeof text !== 'string') return;
    await vscode.env.clipboard.writeText(text);
    tell('Copied. Look at the statement before you run it.');
  });
}

const MODE_TEXTS: Readonly<Record<Mode, string>> = {
  backfill: 'backfill_min_rows, where a need has one',
  production: 'min_rows',
};

function tell(message: string): void {
  void vscode.window.showInformationMessage(message);
}

async function askBackfill(
  engine: Engine,
  { backfill }: NodeTarget,
  isOffered: (backfill: BackfillSummary) => boolean,
  placeHolder: string,
): Promise<BackfillSummary | undefined> {
  const all = await engine.request('backfill/backfills', {});
  if (backfill !== undefined) return all.find(({ id }) => id === backfill);
  const offered = all.filter(isOffered);
  if (offered.length === 0) {
    tell(
      all.length === 0
        ? 'No backfill was started here yet. “Backfill: Launch Backfill…” starts one.'
        : 'There is no such backfill: the view Backfills says how each is.',
    );
    return undefined;
  }
  const items = offered.map((summary) => ({
    label: summary.title,
    description: summary.phase,
    detail: [resultText(summary), summary.pause?.message, summary.left].filter((part) => part !== undefined).join(' · '),
    summary,
  }));
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.summary;
}

interface ChosenJob {
  readonly backfill: string;
  readonly attempt: string;
  readonly name: string;
}

/** A job that runs: of the target, or one that somebody chooses; those that may hang come first. */
async function askJob(engine: Engine, { backfill, attempt }: NodeTarget, placeHolder: string): Promise<ChosenJob | undefined> {
  const all = await engine.request('backfill/backfills', {});
  const jobs = all.filter(isActive).flatMap(({ id, jobs: running }) => running.map((job) => ({ ...job, backfill: id })));
  if (attempt !== undefined) {
    const found = jobs.find((job) => job.backfill === backfill && job.attempt === attempt);
    if (found === undefined) tell('This job has ended meanwhile.');
    return found;
  }
  const items = jobs
    .filter((job) => backfill === undefined || job.backfill === backfill)
    .sort((a, b) => Number(b.silent !== undefined) - Number(a.silent !== undefined))
    .map((job) => ({
      label: job.name,
      ...(job.silent !== undefined && { description: 'may hang', detail: job.silent }),
      job,
    }));
  if (items.length === 0) tell('No job of a backfill runs.');
  return items.length === 0 ? undefined : (await vscode.window.showQuickPick(items, { placeHolder }))?.job;
}

async function askFolder(): Promise<vscode.WorkspaceFolder | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length > 1) return vscode.window.showWorkspaceFolderPick({ placeHolder: 'Create the manifest in which folder?' });
  if (folders[0] === undefined) {
    const open = 'Open Folder';
    const chosen = await vscode.window.showInformationMessage('Open the folder of your pipeline first.', open);
    if (chosen === open) await vscode.commands.executeCommand('vscode.openFolder');
  }
  return folders[0];
}

import * as vscode from 'vscode';
import { counted, namesText } from '../base/figures';
import { type SelectionParts, selectionText } from '../base/selection/parts';
import type { StatusWord } from '../base/selection/selection';
import type { LaunchChoices, PlanParams, PlanPreview, ProcessorChoice } from '../protocol/messages';
import type { NodeTarget } from '../protocol/targets';
import type { DocumentPanels } from './documentPanels';
import type { Engine } from './engine';
import { askDates, askOptions, askProcessors } from './launchQuestions';
import { askSelection } from './selectionInput';
import type { Terminals } from './terminals';

const GAPS: readonly StatusWord[] = ['missing', 'failed', 'partial', 'suspect'];

const DEFAULTS = {
  withUpstream: false,
  withDownstream: false,
  order: 'oldest',
  slots: 1,
  policy: 'continue',
  overrides: [],
} as const satisfies Partial<PlanParams>;

/** From what somebody points at to a backfill in a terminal: processors, dates, options, the plan in full, and the confirmation. */
export class LaunchFlow {
  readonly #engine: Engine;
  readonly #documents: DocumentPanels;
  readonly #terminals: Terminals;

  constructor(engine: Engine, documents: DocumentPanels, terminals: Terminals) {
    this.#engine = engine;
    this.#documents = documents;
    this.#terminals = terminals;
  }

  /** Asks for whatever the target leaves open. */
  async launch(target: NodeTarget): Promise<void> {
    const choices = await this.#engine.request('backfill/choices', {});
    if (target.select !== undefined) return this.#preview({ ...DEFAULTS, select: target.select }, choices.processors);
    const processors = await this.#processors(target, choices, false);
    if (processors === undefined) return;
    const named = namedDates(target);
    const dates = named ?? (await askDates(processors, choices.seasons));
    if (dates === undefined) return;
    const parts = { processors: processors.map(({ id }) => id), ...(dates === 'text' ? {} : dates) };
    const select = dates === 'text' ? await this.#write(selectionText(parts)) : selectionText(parts);
    if (select === undefined) return;
    const request: PlanParams = { ...DEFAULTS, select };
    // Dates that somebody pointed at need no further questions: the options are one step away from the plan.
    const options = named === undefined ? await askOptions(request, processors) : request;
    if (options !== undefined) await this.#preview(options, processors);
  }

  /** Every gap of the target, with the upstream that it waits for. */
  async fillGaps(target: NodeTarget): Promise<void> {
    const choices = await this.#engine.request('backfill/choices', {});
    if (target.select !== undefined)
      return this.#preview({ ...DEFAULTS, select: target.select, withUpstream: true }, choices.processors);
    const processors = await this.#processors(target, choices, true);
    if (processors === undefined) return;
    const { choices: _all, ...dates } = namedDates(target) ?? { choices: GAPS };
    const ids = processors.map(({ id }) => id);
    const select = selectionText({ processors: ids, ...dates, choices: GAPS });
    await this.#preview({ ...DEFAULTS, select, withUpstream: true }, processors);
  }

  /** Starts a plan that was shown. */
  async run(plan: PlanPreview): Promise<void> {
    if (plan.runs === 0) {
      void vscode.window.showInformationMessage(plan.headline);
      return;
    }
    if (plan.confirm !== undefined && !(await isTyped(plan, plan.confirm))) return;
    const backfill = await this.#engine.request('backfill/launch', { planId: plan.planId });
    const { manifest } = this.#engine;
    if (manifest !== undefined) {
      await this.#terminals.attach({ id: backfill.id, name: namesText(backfill.processors) }, manifest);
    }
  }

  async #processors(
    target: NodeTarget,
    choices: LaunchChoices,
    gapsOnly: boolean,
  ): Promise<readonly ProcessorChoice[] | undefined> {
    const { nodes = [] } = target;
    if (nodes.length === 0) return askProcessors(choices.processors, gapsOnly);
    const chosen = choices.processors.filter(({ id }) => nodes.includes(id));
    const runnable = chosen.filter((choice) => choice.runnable);
    if (runnable.length > 0) return runnable;
    const [node] = nodes;
    const why =
      chosen.length === 0
        ? `${node} is a source: it is observed and never run. Mend it where it is made, then refresh.`
        : `The manifest does not say how ${node} is run. Add “run” to it.`;
    void vscode.window.showWarningMessage(why);
    return undefined;
  }

  #write(current: string): Promise<string | undefined> {
    return askSelection('Which partitions?', current, (select) => this.#engine.request('backfill/selection', { select }));
  }

  async #preview(first: PlanParams, processors: readonly ProcessorChoice[]): Promise<void> {
    let request = first;
    for (;;) {
      const plan = await vscode.window.withProgress({ location: { viewId: 'backfill.coverage' } }, () =>
        this.#engine.request('backfill/plan', request),
      );
      await this.#documents.showPlan(plan);
      const action = await askAction(plan);
      if (action === 'run') return this.run(plan);
      if (action === 'copy') {
        await vscode.env.clipboard.writeText(plan.commandLine);
        vscode.window.setStatusBarMessage('Copied the command line', 3_000);
        return;
      }
      if (action === 'select') {
        const select = await this.#write(request.select);
        if (select !== undefined) request = { ...request, select };
        continue;
      }
      if (action !== 'options') return;
      const changed = await askOptions(request, processors);
      if (changed === undefined) return;
      request = changed;
    }
  }
}

/** The dates that a target names; running them is asked for, whatever their status. */
function namedDates({ dates, from, to }: NodeTarget): SelectionParts | undefined {
  if (dates !== undefined) return { dates, choices: ['all'] };
  if (from === undefined || to === undefined) return undefined;
  return from === to ? { dates: [from], choices: ['all'] } : { from, to, choices: GAPS };
}

type Action = 'run' | 'select' | 'options' | 'copy';

async function askAction(plan: PlanPreview): Promise<Action | undefined> {
  const run: vscode.QuickPickItem & { action: Action } = {
    action: 'run',
    label: '$(play) Run in a terminal',
    ...(plan.confirm === undefined ? {} : { description: plan.confirm.why }),
    ...lifetimeNote(vscode.env.remoteName),
  };
  const chosen = await vscode.window.showQuickPick(
    [
      ...(plan.runs > 0 ? [run] : []),
      {
        action: 'select' as const,
        label: '$(edit) Change the selection…',
        description: plan.select === '' ? 'every gap' : plan.select,
      },
      { action: 'options' as const, label: '$(settings-gear) Change options…' },
      { action: 'copy' as const, label: '$(copy) Copy as command line', description: plan.commandLine },
    ],
    {
      title: plan.headline,
      placeHolder: 'The plan is in the editor: read it, then choose. Escape keeps it open, with Run in its title.',
      ignoreFocusOut: true,
    },
  );
  return chosen?.action;
}

async function isTyped(plan: PlanPreview, confirm: { readonly text: string; readonly why: string }): Promise<boolean> {
  const typed = await vscode.window.showInputBox({
    title: plan.headline,
    prompt: `${confirm.why} Type ${confirm.text} to ${plan.deletes === true ? 'delete' : 'run'} ${counted(plan.runs, 'partition')}.`,
    ignoreFocusOut: true,
    validateInput: (value) => (value === '' || confirm.text.startsWith(value.trim()) ? undefined : `Type ${confirm.text}.`),
  });
  return typed?.trim() === confirm.text;
}

/** A backfill outlives its terminal and window, but not the machine that it runs on: said before it starts. */
function lifetimeNote(remoteName: string | undefined): { detail: string } | undefined {
  const place = remoteName === undefined ? undefined : MORTAL_PLACES[remoteName];
  return place === undefined ? undefined : { detail: `This window is in ${place}.` };
}

const MORTAL_PLACES: Readonly<Record<string, string>> = {
  'dev-container': 'a container: the backfill ends when the container stops',
  'attached-container': 'a container: the backfill ends when the container stops',
  codespaces: 'a cloud workspace: the backfill ends when the workspace goes idle',
  wsl: 'WSL: the backfill ends when WSL stops after its last window is closed',
};

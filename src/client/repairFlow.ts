import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { formatDay, parseDay } from '../base/day';
import { namesText } from '../base/figures';
import { selectionText } from '../base/selection/parts';
import type { DatesParams, PlanPreview, UndoableChange, WaivableGaps } from '../protocol/messages';
import type { NodeTarget } from '../protocol/targets';
import type { DocumentPanels } from './documentPanels';
import type { Engine } from './engine';
import type { LaunchFlow } from './launchFlow';
import { askNode } from './launchQuestions';
import { parseDates } from './parseDates';

/** Repairs that somebody points at: what follows from one, and gaps that are accepted instead. */
export class RepairFlow {
  readonly #engine: Engine;
  readonly #documents: DocumentPanels;
  readonly #launchFlow: LaunchFlow;

  constructor(engine: Engine, documents: DocumentPanels, launchFlow: LaunchFlow) {
    this.#engine = engine;
    this.#documents = documents;
    this.#launchFlow = launchFlow;
  }

  async showImpact(target: NodeTarget): Promise<void> {
    const asked = await this.#dates(target, 'Downstream impact', 'Which dates were repaired, or will be?');
    if (asked !== undefined) await this.#documents.showRepair(await this.#engine.request('backfill/impact', asked));
  }

  /** Asks for the reason and the end of a waiver: neither has a default. */
  async waive(target: NodeTarget): Promise<void> {
    const asked = await this.#dates(target, 'Waive gaps', 'Which dates are accepted as they are?');
    if (asked === undefined || !(await this.#isSaved())) return;
    const offer = await this.#engine.request('backfill/waivable', asked);
    if (offer.ranges.length === 0) {
      void vscode.window.showInformationMessage(`${namesText(asked.nodes)} has no gap there that could be waived.`);
      return;
    }
    const reason = await vscode.window.showInputBox({
      title: `Waive ${offer.text}`,
      prompt: `Why is it accepted? Goes into .backfill/waivers.yaml, by ${offer.author}.`,
      placeHolder: 'The league never published it',
      ignoreFocusOut: true,
      validateInput: (value) => (value === '' || value.trim() !== '' ? undefined : 'A reason, in a few words.'),
    });
    if (reason === undefined || reason.trim() === '') return;
    const until = await askEnd(offer);
    if (until === undefined) return;
    const { ranges, author } = offer;
    await this.#tell(await this.#engine.request('backfill/waive', { ranges, reason: reason.trim(), author, until }));
  }

  /** Shows what would be deleted, and deletes it in a terminal once its number was typed. */
  async clean(target: NodeTarget): Promise<void> {
    const select = await this.#cleanSelection(target);
    let withDownstream = false;
    while (select !== undefined) {
      const params = { select, withDownstream };
      const plan = await vscode.window.withProgress({ location: { viewId: 'backfill.coverage' } }, () =>
        this.#engine.request('backfill/clean', params),
      );
      await this.#documents.showPlan(plan);
      const action = await askCleaning(plan, withDownstream);
      if (action === 'delete') return this.#launchFlow.run(plan);
      if (action === 'copy') {
        await vscode.env.clipboard.writeText(plan.commandLine);
        vscode.window.setStatusBarMessage('Copied the command line', 3_000);
      }
      if (action !== 'downstream') return;
      withDownstream = !withDownstream;
    }
  }

  /** Single dates are meant whatever they are; of a longer range, or of everything, it is asked which. */
  async #cleanSelection(target: NodeTarget): Promise<string | undefined> {
    const { nodes = [], dates, from, to } = target;
    const single = dates ?? (from !== undefined && from === to ? [from] : undefined);
    if (nodes.length > 0 && single !== undefined) return selectionText({ processors: nodes, dates: single, choices: ['all'] });
    const range = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
    const items: (vscode.QuickPickItem & { ask: () => Promise<string | undefined> })[] = [
      {
        label: '$(warning) Suspect partitions',
        description: nodes.length === 0 ? 'of all processors' : nodes.join(', '),
        ask: async () => selectionText({ processors: nodes, ...range, choices: ['suspect'] }),
      },
      {
        label: '$(calendar) Certain dates…',
        ask: async () => {
          const asked = await this.#dates({ nodes }, 'Delete for a clean re-run', 'Which dates are built anew?');
          return asked === undefined ? undefined : selectionText({ ...asked, processors: asked.nodes, choices: ['all'] });
        },
      },
      ...(nodes.length > 0 && from !== undefined && to !== undefined
        ? [
            {
              label: `$(trash) Everything from ${from} to ${to}`,
              ask: async () => selectionText({ processors: nodes, ...range, choices: ['all'] }),
            },
          ]
        : []),
    ];
    const chosen = await vscode.window.showQuickPick(items, {
      title: 'Delete for a clean re-run',
      placeHolder: 'What is deleted? Nothing is before you have seen its rows.',
    });
    return chosen?.ask();
  }

  async removeWaiver(target: NodeTarget): Promise<void> {
    const asked = await this.#dates(target, 'Remove waiver', 'Which dates are no longer accepted?');
    if (asked === undefined || !(await this.#isSaved())) return;
    await this.#tell(await this.#engine.request('backfill/removeWaiver', asked));
  }

  async openWaivers(): Promise<void> {
    const file = this.#file();
    const isThere = file !== undefined && (await vscode.workspace.fs.stat(file).then(undefined, () => undefined)) !== undefined;
    if (isThere) await vscode.window.showTextDocument(file);
    else void vscode.window.showInformationMessage('There are no waivers. “Backfill: Waive Gaps…” writes the first one.');
  }

  async #tell({ text, undo }: UndoableChange): Promise<void> {
    const chosen = await vscode.window.showInformationMessage(text, 'Undo', 'Open Waivers');
    if (chosen === 'Open Waivers') await this.openWaivers();
    if (chosen !== 'Undo') return;
    await this.#engine.request('backfill/undoWaivers', { undo });
    vscode.window.setStatusBarMessage('Took the change of the waivers back', 3_000);
  }

  /** What the target leaves open is asked; undefined when that was dismissed. */
  async #dates(target: NodeTarget, title: string, question: string): Promise<DatesParams | undefined> {
    const { dates, from, to } = target;
    const nodes = target.nodes ?? [];
    if (nodes.length > 0 && (dates !== undefined || from !== undefined)) {
      return {
        nodes,
        ...(dates !== undefined ? { dates } : { ...(from !== undefined && { from }), ...(to !== undefined && { to }) }),
      };
    }
    const node = nodes[0] ?? (await askNode(await this.#engine.request('backfill/choices', {}), title));
    if (node === undefined) return undefined;
    const typed = await vscode.window.showInputBox({
      title: `${title}: ${node}`,
      prompt: `${question} 2021-11-05 · 2021-11-05, 2021-11-08 · 2021-11-05 to 2021-11-30`,
      placeHolder: 'YYYY-MM-DD',
      ignoreFocusOut: true,
      validateInput: (value) => {
        const parsed = value.trim() === '' ? undefined : parseDates(value);
        return parsed !== undefined && 'problem' in parsed ? parsed.problem : undefined;
      },
    });
    const parsed = typed === undefined || typed.trim() === '' ? undefined : parseDates(typed);
    return parsed === undefined || 'problem' in parsed ? undefined : { nodes: [node], ...parsed };
  }

  /** What is in an editor and not saved would be lost, or win over what is written. */
  async #isSaved(): Promise<boolean> {
    const path = this.#file()?.fsPath;
    const open = vscode.workspace.textDocuments.find(({ uri, isDirty }) => isDirty && uri.fsPath === path);
    if (open === undefined) return true;
    await vscode.window.showTextDocument(open);
    void vscode.window.showWarningMessage('The waivers have changes that are not saved: save them first, then do it again.');
    return false;
  }

  #file(): vscode.Uri | undefined {
    const { manifest } = this.#engine;
    return manifest === undefined ? undefined : vscode.Uri.file(join(dirname(manifest), '.backfill', 'waivers.yaml'));
  }
}

async function askCleaning(plan: PlanPreview, withDownstream: boolean): Promise<'delete' | 'downstream' | 'copy' | undefined> {
  const confirmed = plan.confirm === undefined ? {} : { description: plan.confirm.why };
  const chosen = await vscode.window.showQuickPick(
    [
      ...(plan.runs > 0 ? [{ action: 'delete' as const, label: '$(trash) Delete in a terminal…', ...confirmed }] : []),
      {
        action: 'downstream' as const,
        label: withDownstream ? '$(remove) Leave what was built from them' : '$(add) Also what was built from them',
      },
      { action: 'copy' as const, label: '$(copy) Copy as command line', description: plan.commandLine },
    ],
    {
      title: plan.headline,
      placeHolder: 'What would be deleted is in the editor: read it, then choose.',
      ignoreFocusOut: true,
    },
  );
  return chosen?.action;
}

/** The last day of a waiver, ISO, or `never`. */
async function askEnd({ today, seasonEnd, text }: WaivableGaps): Promise<string | undefined> {
  const start = parseDay(today) ?? 0;
  const in30 = formatDay(start + 30);
  const in7 = formatDay(start + 7);
  const items: (vscode.QuickPickItem & { until?: string })[] = [
    { label: '$(calendar) A certain date…' },
    { label: '$(history) In a week', description: in7, until: in7 },
    { label: '$(history) In 30 days', description: in30, until: in30 },
    ...(seasonEnd === undefined ? [] : [{ label: '$(history) With the season', description: seasonEnd, until: seasonEnd }]),
    { label: '$(circle-slash) Never', description: 'it holds until somebody removes it', until: 'never' },
  ];
  const title = `Waive ${text}`;
  const chosen = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: 'When does the waiver end? From then on the gaps count again.',
    ignoreFocusOut: true,
  });
  if (chosen === undefined || chosen.until !== undefined) return chosen?.until;
  const typed = await vscode.window.showInputBox({
    title,
    prompt: 'The last day on which the waiver holds.',
    placeHolder: 'YYYY-MM-DD',
    ignoreFocusOut: true,
    validateInput: (value) => {
      const day = parseDay(value.trim());
      if (value.trim() === '') return undefined;
      if (day === undefined) return 'Write a date as YYYY-MM-DD.';
      return day < start ? `${value.trim()} is over: today is ${today}.` : undefined;
    },
  });
  return typed === undefined || typed.trim() === '' ? undefined : typed.trim();
}

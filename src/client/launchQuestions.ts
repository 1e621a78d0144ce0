import * as vscode from 'vscode';
import { parseDay } from '../base/day';
import { counted } from '../base/figures';
import type { SelectionParts } from '../base/selection/parts';
import type { StatusWord } from '../base/selection/selection';
import type { GapDate, LaunchChoices, PlanParams, ProcessorChoice } from '../protocol/messages';
import { parseDates } from './parseDates';

type Dates = Omit<SelectionParts, 'processors'>;

const GAPS: readonly StatusWord[] = ['missing', 'failed', 'partial', 'suspect'];

/** One processor, or with `gapsOnly` any number of those that have gaps. Undefined when it was dismissed. */
export async function askProcessors(
  processors: readonly ProcessorChoice[],
  gapsOnly: boolean,
): Promise<readonly ProcessorChoice[] | undefined> {
  const offered = processors.filter(({ runnable, gaps }) => runnable && (!gapsOnly || gaps > 0));
  if (offered.length === 0) {
    const message = gapsOnly
      ? 'There are no gaps to fill.'
      : 'The manifest does not say how any processor is run. Add “run” to one.';
    void vscode.window.showInformationMessage(message);
    return undefined;
  }
  const items = offered.map((choice) => ({
    label: choice.id,
    description: choice.summary,
    detail: choice.name,
    choice,
    picked: true,
  }));
  const options = { matchOnDescription: true, matchOnDetail: true };
  if (!gapsOnly) {
    const one = await vscode.window.showQuickPick(items, {
      ...options,
      title: 'Launch backfill',
      placeHolder: 'Which processor?',
    });
    return one === undefined ? undefined : [one.choice];
  }
  const many = await vscode.window.showQuickPick(items, {
    ...options,
    title: 'Fill gaps',
    placeHolder: 'Whose gaps? What they wait for upstream is filled, too.',
    canPickMany: true,
  });
  return many === undefined || many.length === 0 ? undefined : many.map(({ choice }) => choice);
}

/** Undefined when it was dismissed. */
export async function askDates(
  processors: readonly ProcessorChoice[],
  seasons: LaunchChoices['seasons'],
): Promise<Dates | 'text' | undefined> {
  const gaps = processors.reduce((sum, choice) => sum + choice.gaps, 0);
  const scopes: (vscode.QuickPickItem & { ask: () => Promise<Dates | 'text' | undefined> })[] = [
    ...(gaps > 0
      ? [{ label: '$(circle-large) Every gap', description: counted(gaps, 'date'), ask: async () => ({ choices: GAPS }) }]
      : []),
    { label: '$(calendar) Certain dates…', description: 'one, several, or a range', ask: askTypedDates },
    { label: '$(edit) Write a selection…', description: 'dates, statuses and processors as text', ask: async () => 'text' },
    ...seasons.map(({ name, from, to }) => ({
      label: `$(history) Season ${name}`,
      description: `${from} to ${to}`,
      ask: () => withWhich({ from, to }),
    })),
    { label: '$(globe) Every date', ask: () => withWhich({}) },
  ];
  const scope = await vscode.window.showQuickPick(scopes, {
    title: `Launch ${processors.map(({ id }) => id).join(', ')}`,
    placeHolder: 'Which dates?',
  });
  return scope?.ask();
}

/** Undefined when it was dismissed. */
export async function askOptions(request: PlanParams, processors: readonly ProcessorChoice[]): Promise<PlanParams | undefined> {
  const overrides = [
    ...new Set(['skip-needs', 'off-dates', ...processors.flatMap((choice) => choice.overrides), ...request.overrides]),
  ];
  const items: (vscode.QuickPickItem & { change: (to: PlanParams) => PlanParams; ask?: 'slots' | 'reason' })[] = [
    {
      label: 'With upstream',
      description: 'also what these dates wait for',
      picked: request.withUpstream,
      change: (to) => ({ ...to, withUpstream: true }),
    },
    {
      label: 'With downstream',
      description: 'also what is built from these dates',
      picked: request.withDownstream,
      change: (to) => ({ ...to, withDownstream: true }),
    },
    { label: 'Newest first', picked: request.order === 'newest', change: (to) => ({ ...to, order: 'newest' }) },
    {
      label: 'Stop after a failure',
      description: 'running dates end, no other starts',
      picked: request.policy === 'stop',
      change: (to) => ({ ...to, policy: 'stop' }),
    },
    {
      label: 'Fail fast',
      description: 'a failure cancels what runs',
      picked: request.policy === 'failFast',
      change: (to) => ({ ...to, policy: 'failFast' }),
    },
    {
      label: 'Several at once…',
      description: request.slots > 1 ? `${request.slots} slots` : 'one date after the other without',
      picked: request.slots > 1,
      change: (to) => to,
      ask: 'slots',
    },
    {
      label: 'Give a reason…',
      description: request.reason ?? 'why, for the journal and for others',
      picked: request.reason !== undefined,
      change: (to) => to,
      ask: 'reason',
    },
    { label: 'Overrides', kind: vscode.QuickPickItemKind.Separator, change: (to) => to },
    ...overrides.map((name) => ({
      label: name,
      picked: request.overrides.includes(name),
      change: (to: PlanParams): PlanParams => ({ ...to, overrides: [...to.overrides, name] }),
    })),
  ];
  const chosen = await vscode.window.showQuickPick(items, {
    title: `Launch ${processors.map(({ id }) => id).join(', ')}`,
    placeHolder: 'Options: none are needed. Enter shows the plan.',
    canPickMany: true,
    ignoreFocusOut: true,
  });
  if (chosen === undefined) return undefined;
  const { reason: _, ...without } = request;
  const plain: PlanParams = {
    ...without,
    withUpstream: false,
    withDownstream: false,
    order: 'oldest',
    policy: 'continue',
    slots: 1,
    overrides: [],
  };
  const changed = chosen.reduce((to, item) => item.change(to), plain);
  const asks = (what: 'slots' | 'reason') => chosen.some(({ ask }) => ask === what);
  const slots = asks('slots') ? await askSlots(request.slots) : 1;
  const reason = slots !== undefined && asks('reason') ? await askReason(request.reason) : '';
  if (slots === undefined || reason === undefined) return undefined;
  return { ...changed, slots, ...(reason !== '' && { reason }) };
}

/** A processor or source; undefined when it was dismissed. */
export async function askNode({ processors, sources }: LaunchChoices, title: string): Promise<string | undefined> {
  const items = [
    ...processors.map(({ id, name, summary }) => ({ label: id, description: summary, detail: name })),
    ...sources.map(({ id, name }) => ({ label: id, description: 'source', detail: name })),
  ];
  const chosen = await vscode.window.showQuickPick(items, { title, placeHolder: 'Which processor or source?' });
  return chosen?.label;
}

/** The known gaps to choose from, and any date that is typed. */
export async function askDate(node: string, gaps: readonly GapDate[], title: string): Promise<string | undefined> {
  const picker = vscode.window.createQuickPick();
  const known = gaps.map(({ date, text }) => ({ label: date, description: text }));
  picker.title = `${title} ${node}`;
  picker.placeholder = gaps.length === 0 ? 'Which date? YYYY-MM-DD' : 'Which date? A gap, or any date as YYYY-MM-DD';
  picker.items = known;
  picker.onDidChangeValue((value) => {
    const typed = value.trim();
    const isNew = parseDay(typed) !== undefined && !gaps.some(({ date }) => date === typed);
    picker.items = isNew ? [{ label: typed, alwaysShow: true }, ...known] : known;
  });
  try {
    return await new Promise((resolve) => {
      picker.onDidAccept(() => resolve(picker.selectedItems[0]?.label));
      picker.onDidHide(() => resolve(undefined));
      picker.show();
    });
  } finally {
    picker.dispose();
  }
}

async function askTypedDates(): Promise<Dates | undefined> {
  const typed = await vscode.window.showInputBox({
    title: 'Certain dates',
    prompt: '2021-11-05 · 2021-11-05, 2021-11-08 · 2021-11-05 to 2021-11-30',
    placeHolder: 'YYYY-MM-DD',
    ignoreFocusOut: true,
    validateInput: (value) => {
      const parsed = value.trim() === '' ? undefined : parseDates(value);
      return parsed !== undefined && 'problem' in parsed ? parsed.problem : undefined;
    },
  });
  if (typed === undefined || typed.trim() === '') return undefined;
  const parsed = parseDates(typed);
  if ('problem' in parsed) return undefined;
  return 'dates' in parsed ? { dates: parsed.dates, choices: ['all'] } : withWhich(parsed);
}

async function withWhich(range: { readonly from?: string; readonly to?: string }): Promise<Dates | undefined> {
  const which: (vscode.QuickPickItem & { choices: readonly StatusWord[] })[] = [
    { label: 'Gaps', description: 'missing, blocked, failed, partial, suspect', choices: GAPS },
    { label: 'Gaps, and what is stale', description: 'also dates whose inputs changed since', choices: [...GAPS, 'stale'] },
    { label: 'Missing only', description: 'dates without rows', choices: ['missing', 'failed'] },
    { label: 'Everything', description: 'also what is complete', choices: ['all'] },
  ];
  const chosen = await vscode.window.showQuickPick(which, { title: 'Launch', placeHolder: 'What of it?' });
  return chosen === undefined ? undefined : { ...range, choices: chosen.choices };
}

async function askReason(current: string | undefined): Promise<string | undefined> {
  const typed = await vscode.window.showInputBox({
    title: 'Reason',
    prompt: 'Why is this run? The plan, the journal and the list of backfills show it.',
    value: current ?? '',
    ignoreFocusOut: true,
  });
  return typed?.trim();
}

async function askSlots(current: number): Promise<number | undefined> {
  const typed = await vscode.window.showInputBox({
    title: 'Several at once',
    prompt: 'How many dates at once? A warehouse or command that allows one writer still gets one.',
    value: String(Math.max(2, current)),
    ignoreFocusOut: true,
    validateInput: (value) => (/^[1-9]\d?$/.test(value.trim()) ? undefined : 'A number from 1 to 99.'),
  });
  return typed === undefined ? undefined : Number(typed);
}

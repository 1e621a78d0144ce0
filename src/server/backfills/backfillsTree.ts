import { counted, formatInstant, formatLeft, formatRate, formatSeconds, namesText, stagesText } from '../../base/figures';
import { countsParts } from '../../base/partitionCounts';
import type { BackfillEvent, BackfillPhase, PartitionState, Plan, PlannedPartition } from '../../core/backfill/backfill';
import { isClean, type SilentJob } from '../../core/backfill/progress';
import type { PartitionKey } from '../../core/coverage/coverage';
import type { NodeFlag } from '../../protocol/contributions/nodeContexts';
import type { TreeNode } from '../../protocol/messages';
import { causeNode, isOf, type SameCause, sameCauses } from '../coverage/sameCause';
import { messageNode } from '../trees/messageNode';
import { type Look, ORANGE, STATUS_LOOKS } from '../trees/statusLooks';
import { noteNodes, silentFor } from './backfillNotes';
import { type BackfillView, isActive, leftWords, logText, processorsOf, summaryOf } from './backfillViews';
import { ELSEWHERE, type ElsewhereView, elsewhereChildren, endedElsewhere, runningElsewhere } from './elsewhereNodes';

const ROOT = 'backfills';
/** More partitions of one backfill would be a list that nobody reads. */
const MOST = 200;

const PHASE_LOOKS: Readonly<Record<BackfillPhase, Look>> = {
  planned: { icon: 'circle-large', color: 'descriptionForeground' },
  running: STATUS_LOOKS.running,
  paused: { icon: 'debug-pause', color: ORANGE },
  cancelling: { icon: 'loading~spin', color: ORANGE },
  done: STATUS_LOOKS.complete,
  failed: STATUS_LOOKS.failed,
  cancelled: { icon: 'circle-slash', color: 'descriptionForeground' },
  interrupted: { icon: 'debug-disconnect', color: ORANGE },
};

/** It runs, and a person should look. */
const HANGING: Look = { icon: 'warning', color: ORANGE };

/** What can be done with it, for menus. */
const FLAGS: Readonly<Record<BackfillPhase, readonly NodeFlag[]>> = {
  planned: [],
  running: ['pausable'],
  paused: ['resumable'],
  cancelling: [],
  done: [],
  failed: [],
  cancelled: [],
  interrupted: ['resumable', 'cut'],
};

/** How partitions of a backfill are shown; what needs eyes has the lowest rank. */
export const STATES: Readonly<Record<PartitionState, Look & { readonly words: string; readonly rank: number }>> = {
  running: { ...STATUS_LOOKS.running, words: 'running', rank: 0 },
  failed: { ...STATUS_LOOKS.failed, words: 'failed', rank: 1 },
  torn: { ...STATUS_LOOKS.failed, words: 'died half-way', rank: 1 },
  succeededButEmpty: { ...STATUS_LOOKS.failed, words: 'ended well, left no rows', rank: 1 },
  wroteNothing: { ...STATUS_LOOKS.suspect, words: 'ended well, changed nothing', rank: 1 },
  partial: { ...STATUS_LOOKS.partial, words: 'below its expectation', rank: 1 },
  interrupted: { icon: 'debug-disconnect', color: ORANGE, words: 'interrupted', rank: 1 },
  waiting: { ...STATUS_LOOKS.queued, words: 'waiting', rank: 2 },
  done: { ...STATUS_LOOKS.complete, words: 'done', rank: 3 },
  cleaned: { ...STATUS_LOOKS.complete, words: 'deleted', rank: 3 },
  skipped: { ...STATUS_LOOKS.off, words: 'skipped', rank: 4 },
};

/**
 * The Backfills tree: newest first, and under each its partitions, what needs eyes first. Jobs that were started elsewhere stand after the
 * backfills, and those that run after the backfills that do.
 * @param views newest first.
 * @param now epoch milliseconds.
 */
export function backfillChildren(
  views: readonly BackfillView[],
  parent: string,
  now: number,
  elsewhere?: ElsewhereView,
): readonly TreeNode[] {
  if (parent === '') {
    const active = views.findLastIndex(isActive) + 1;
    const [running, ended] = elsewhere === undefined ? [[], []] : [runningElsewhere(elsewhere), endedElsewhere(elsewhere)];
    const nodes = views.map((view) => backfillNode(view, now));
    return [...nodes.slice(0, active), ...running, ...nodes.slice(active), ...ended];
  }
  if (parent.startsWith(ELSEWHERE)) return elsewhere === undefined ? [] : elsewhereChildren(elsewhere, parent);
  const [, id = '', ...group] = parent.split('/');
  const view = views.find(({ progress }) => progress.id === id);
  if (view === undefined) return [];
  return group.length > 0 ? partitionNodes(view, parent) : [...noteNodes(view, parent, now), ...partitionNodes(view)];
}

function backfillNode(view: BackfillView, now: number): TreeNode {
  const { id, phase, title } = view.progress;
  const label = namesText(processorsOf(view.record.plan));
  const description = progressText(view, now);
  const hasLog = view.record.events.some(({ type }) => type === 'attemptStarted');
  return {
    id: `${ROOT}/${id}`,
    label: label === '' ? 'Nothing' : label,
    description,
    ...(phase === 'running' && hanging(view).length > 0 ? HANGING : PHASE_LOOKS[phase]),
    children: true,
    context: ['backfill', ...(isActive(view) ? ['active'] : []), ...(hasLog ? ['log'] : []), ...FLAGS[phase]].join('+'),
    accessibilityLabel: `${title}, ${description}`,
    hasTooltip: true,
    target: { backfill: id },
  };
}

/** Jobs that may hang, without those that somebody waits for. */
function hanging({ progress, waitedFor }: BackfillView): readonly SilentJob[] {
  return progress.silent.filter(({ attempt }) => waitedFor?.has(attempt) !== true);
}

/**
 * `12/25 · 12–18 min left · PDC 2021-11-05 · 3.4/min`, `PDC 2021-11-05 may hang, silent for 12 min · 12/25`, `paused · 12/25 · …`,
 * `interrupted · 12/25 · 13 left: 1 cut off, 12 not begun`.
 */
function progressText(view: BackfillView, now: number): string {
  const { phase, failed, etaSeconds, etaHighSeconds, current, endedAt } = summaryOf(view, now);
  const active = isActive(view);
  // What was cut off of an interrupted one is said with what is left of it.
  const counts = phase === 'interrupted' ? { ...view.progress, interrupted: 0 } : view.progress;
  const parts = [countsParts(counts, active).join(', ')];
  // That some failed is said with their number.
  if (phase !== 'running' && !(phase === 'failed' && failed > 0)) parts.unshift(phaseWords(view));
  const [job, ...others] = hanging(view);
  if (job !== undefined) {
    const more = others.length === 0 ? '' : ` and ${counted(others.length, 'more job')}`;
    // Its node is named after its processor already.
    const name = processorsOf(view.record.plan).length === 1 ? job.date : `${job.processor} ${job.date}`;
    parts.unshift(`${name}${more} may hang, silent for ${silentFor(job, now)}`);
  }
  if (active && etaSeconds !== undefined) {
    const left = formatLeft(etaSeconds, etaHighSeconds ?? etaSeconds);
    parts.push(phase === 'paused' ? `${left} of work left` : `${left} left`);
  }
  if (phase === 'interrupted') parts.push(leftWords(view));
  if (current !== undefined) parts.push(phase === 'interrupted' ? `its job ${current} still runs` : current);
  const { perMinute } = view.forecast;
  if (phase === 'running' && perMinute !== undefined) parts.push(formatRate(perMinute));
  const [first, last] = datesOf(plannedRuns(view.record.plan).map(({ date }) => date));
  if (current === undefined && first !== undefined) parts.push(first === last ? first : `${first} to ${last}`);
  if (endedAt !== undefined && phase !== 'interrupted') parts.push(formatInstant(endedAt));
  return parts.join(' · ');
}

function phaseWords({ progress: { phase, pause } }: BackfillView): string {
  if (phase === 'cancelling') return 'ending';
  if (pause === undefined) return phase;
  return pause.cause === 'environment' ? 'waiting' : pause.cause === 'signature' ? 'paused with a question' : 'paused';
}

/** @param group only the partitions under it; without one all, those of a common cause as one. */
function partitionNodes(view: BackfillView, group?: string): readonly TreeNode[] {
  const { progress, record, calls } = view;
  const parent = `${ROOT}/${progress.id}`;
  const endings = lastEndings(record.events);
  const started = new Set(record.events.flatMap((event) => (event.type === 'attemptStarted' ? [keyOf(event)] : [])));
  const runs = plannedRuns(record.plan);
  const ranked = runs
    .map((partition) => ({ partition, state: progress.partitions.get(keyOf(partition)) ?? 'waiting' }))
    .sort((a, b) => STATES[a.state].rank - STATES[b.state].rank);
  const looked = ranked.flatMap(({ partition, state }) => (STATES[state].rank === 1 ? [keyOf(partition)] : []));
  const causes = sameCauses(looked.flatMap((key) => endings.get(key) ?? []));
  const causeOf = (partition: PlannedPartition) => causes.find((cause) => isOf(cause, partition));
  const told = new Set<SameCause>();
  const composed = ranked.flatMap(({ partition, state }): TreeNode | [] => {
    const { processor, date, why } = partition;
    const cause = STATES[state].rank === 1 ? causeOf(partition) : undefined;
    const node = cause === undefined ? undefined : causeNode(parent, cause);
    if (group !== undefined && node?.id !== group) return [];
    if (group === undefined && cause !== undefined && node !== undefined) {
      if (told.has(cause)) return [];
      told.add(cause);
      return node;
    }
    const key = keyOf(partition);
    const { words, icon, color } = STATES[state];
    const ending = endings.get(key);
    const said = state === 'running' ? logText(calls, processor, date) : undefined;
    const detail = state === 'skipped' ? why : (said ?? ending?.message);
    const seconds = state === 'done' && ending?.seconds !== undefined ? formatSeconds(ending.seconds) : undefined;
    const stages = seconds === undefined ? undefined : stagesText(ending?.stages);
    const description = [words, seconds, stages, detail].filter((part) => part !== undefined && part !== '').join(' · ');
    return {
      id: `${group ?? parent}/${key}`,
      label: key,
      description,
      icon,
      ...(color !== undefined && { color }),
      children: false,
      // What failed is tried again from here, as a group of one cause is.
      context: `partition${started.has(key) ? '+log' : ''}${STATES[state].rank === 1 && !isClean(record.plan) ? '+runnable' : ''}`,
      accessibilityLabel: `${key}, ${description}`,
      action: 'explain',
      target: { nodes: [processor], from: date, to: date },
    };
  });
  if (group !== undefined) return composed;
  const nodes = composed.slice(0, MOST);
  const rest = composed.length - nodes.length;
  const skipped = record.plan.partitions.length - runs.length;
  return [
    ...nodes,
    ...(rest > 0
      ? [moreNode(`${parent}/@rest`, `${counted(rest, 'more partition')}: see them in the terminal`, progress.id)]
      : []),
    ...(skipped > 0 ? [moreNode(`${parent}/@skipped`, `${counted(skipped, 'partition')} left out by the plan`)] : []),
  ];
}

function plannedRuns(plan: Plan): readonly PlannedPartition[] {
  return plan.partitions.filter(({ action }) => action === 'run');
}

function moreNode(id: string, label: string, backfill?: string): TreeNode {
  return messageNode(id, label, {
    icon: 'ellipsis',
    ...(backfill !== undefined && { action: 'attach', target: { backfill } }),
  });
}

function lastEndings(events: readonly BackfillEvent[]): Map<PartitionKey, Extract<BackfillEvent, { type: 'attemptEnded' }>> {
  const endings = new Map<PartitionKey, Extract<BackfillEvent, { type: 'attemptEnded' }>>();
  for (const event of events) if (event.type === 'attemptEnded') endings.set(keyOf(event), event);
  return endings;
}

/** Plans and events carry dates as ISO text. */
function keyOf({ processor, date }: { readonly processor: string; readonly date: string }): PartitionKey {
  return `${processor} ${date}`;
}

function datesOf(dates: readonly string[]): readonly [string | undefined, string | undefined] {
  const sorted = dates.toSorted();
  return [sorted[0], sorted.at(-1)];
}

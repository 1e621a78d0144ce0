import { growthOf } from '../../app/backfillRuns';
import { counted, formatCount, formatInstant, formatRoughly } from '../../base/figures';
import { emptiedPartitions } from '../../core/backfill/news';
import type { SilentJob } from '../../core/backfill/progress';
import type { TreeNode } from '../../protocol/messages';
import { type Look, ORANGE, STATUS_LOOKS } from '../trees/statusLooks';
import { type BackfillView, isActive, leftWords } from './backfillViews';

/** What of a backfill needs a person, as the first lines under it: good data that is gone, a pause, jobs that may hang, what is left. */
export function noteNodes(view: BackfillView, parent: string, now: number): readonly TreeNode[] {
  return [
    ...emptiedNodes(view, parent),
    ...pauseNode(view, parent),
    ...silentNodes(view, parent, now),
    ...growthNodes(view, parent, now),
    ...leftNode(view, parent),
  ];
}

/** `12 min`: for how long a job has said nothing. */
export function silentFor({ seconds, since }: SilentJob, now: number): string {
  return formatRoughly(seconds + Math.max(0, now - since) / 1000);
}

function emptiedNodes({ record, progress }: BackfillView, parent: string): readonly TreeNode[] {
  const [first, ...others] = emptiedPartitions(record.events).values();
  if (first === undefined) return [];
  const { processor, date } = first;
  const description = `${processor} ${date}${others.length === 0 ? '' : ` and ${formatCount(others.length)} more`}`;
  return [
    note(`${parent}/@emptied`, 'Good data became empty', {
      ...STATUS_LOOKS.failed,
      icon: 'flame',
      description,
      context: 'message',
      action: 'explain',
      target: { nodes: [processor], from: date, to: date, backfill: progress.id },
    }),
  ];
}

/** Of each cause: what it is, and who makes it go on. */
const PAUSES = {
  asked: { title: 'Paused', next: 'Resume starts the next dates' },
  environment: { title: 'Waits for its surroundings', next: 'goes on by itself once that has passed' },
  signature: { title: 'Paused with a question', next: 'look first: Resume goes on, Cancel ends it' },
} as const;

function pauseNode({ progress }: BackfillView, parent: string): readonly TreeNode[] {
  const { pause, id, running } = progress;
  if (pause === undefined) return [];
  const { title, next } = PAUSES[pause.cause];
  const runs = running === 0 ? '' : `${formatCount(running)} still running`;
  const description = [pause.message, runs, next].filter((part) => part !== '').join(' · ');
  return [
    note(`${parent}/@pause`, title, {
      icon: 'debug-pause',
      color: ORANGE,
      description,
      context: 'pause+resumable+active',
      tooltip: `${title} since ${formatInstant(pause.since)}.\n${pause.message}\n${next}.`,
      target: { backfill: id },
    }),
  ];
}

function silentNodes({ progress, waitedFor }: BackfillView, parent: string, now: number): readonly TreeNode[] {
  return progress.silent.map((job) => {
    const { attempt, processor, date, basis } = job;
    const waits = waitedFor?.has(attempt) === true;
    const look: Look = waits ? { icon: 'watch', color: 'descriptionForeground' } : { icon: 'warning', color: ORANGE };
    const words = `silent for ${silentFor(job, now)}`;
    return note(`${parent}/@silent/${attempt}`, `${processor} ${date} ${waits ? 'is waited for' : 'may hang'}`, {
      ...look,
      description: `${words} · ${basis}`,
      context: `silent+active${waits ? '' : '+waitable'}`,
      tooltip: `${processor} ${date} has said nothing for ${silentFor(job, now)}: ${basis}. Time asleep does not count.`,
      target: { nodes: [processor], from: date, to: date, backfill: progress.id, attempt },
    });
  });
}

/** What takes longer from date to date while it runs: to start anew may help, and waiting does not. */
function growthNodes(view: BackfillView, parent: string, now: number): readonly TreeNode[] {
  if (!isActive(view)) return [];
  return growthOf(view, now).map((text) => {
    const [processor = '', ...words] = text.split(': ');
    return note(`${parent}/@growth/${processor}`, `${processor} takes longer and longer`, {
      icon: 'graph-line',
      color: ORANGE,
      description: words.join(': '),
      context: 'growth',
      tooltip: text,
      action: 'openTiming',
      target: { nodes: [processor], backfill: view.progress.id },
    });
  });
}

/** What an interrupted backfill has left, and what still runs of it. */
function leftNode(view: BackfillView, parent: string): readonly TreeNode[] {
  const { progress } = view;
  if (progress.phase !== 'interrupted') return [];
  const { running, current, id } = progress;
  const jobs =
    running === 0
      ? []
      : [
          note(`${parent}/@jobs`, `${counted(running, 'date')} still in hand`, {
            icon: 'server-process',
            color: ORANGE,
            description: `${current ?? 'a job'} goes on without its executor`,
            context: 'message',
            tooltip:
              'Its executor is gone, and a job that it started is still there. Resume waits for it and judges what it leaves.',
          }),
        ];
  return [
    note(`${parent}/@left`, leftWords(view), {
      icon: 'debug-continue',
      color: ORANGE,
      description: 'Resume goes on with the plan as it was made; what is done is not done again',
      context: 'pause+resumable',
      target: { backfill: id },
    }),
    ...jobs,
  ];
}

interface NoteLook extends Look {
  readonly description: string;
  readonly context: string;
  readonly tooltip?: string;
  readonly action?: TreeNode['action'];
  readonly target?: TreeNode['target'];
}

function note(id: string, label: string, { icon, color, description, context, tooltip, action, target }: NoteLook): TreeNode {
  return {
    id,
    label,
    description,
    icon,
    ...(color !== undefined && { color }),
    children: false,
    context,
    accessibilityLabel: `${label}, ${description}`,
    tooltip: tooltip ?? `${label}\n${description}`,
    ...(action !== undefined && { action }),
    ...(target !== undefined && { target }),
  };
}

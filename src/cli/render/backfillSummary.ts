import { formatRange, parseDay, rangesOf } from '../../base/day';
import { counted, formatCount, formatSeconds } from '../../base/figures';
import { groupBy } from '../../base/groupBy';
import { chosenStatuses } from '../../base/selection/parse';
import { selectionText } from '../../base/selection/parts';
import { type BackfillEvent, type BackfillPhase, CHOICES, type Plan } from '../../core/backfill/backfill';
import { type BackfillProgress, isSuccess } from '../../core/backfill/progress';
import { runCommandLine } from '../../core/plan/commandLine';
import { backfillGrowth } from '../../core/timing/backfillGrowth';
import { journalRuns } from '../../core/timing/journalRuns';
import { type Terminal, type Tone, toned } from '../terminal';
import { plain, wrapped } from '../textWidth';
import { type Ended, failureText, outcomeWords } from './backfillFacts';

/** A partition that ended, as one plain line: `[3/120] PDC 2021-11-05: done, 214 rows in 12 s`. */
export function endedLine(event: Ended, count: number, total: number): string {
  const { processor, date, outcome, rowsAfter, seconds } = event;
  const failure = failureText(event);
  const rows = rowsAfter === undefined ? '' : `, ${counted(rowsAfter, 'row')}`;
  const took = seconds === undefined ? '' : ` in ${formatSeconds(seconds)}`;
  const alarm = event.alarm === true ? 'ALARM: it had rows before and is empty now. ' : '';
  const text = failure === undefined ? `done${rows}` : `${outcomeWords(outcome)}${rows}`;
  return plain(`[${count}/${total}] ${processor} ${date}: ${text}${took}${failure === undefined ? '' : `. ${alarm}${failure}`}`);
}

/** A partition that was passed over. */
export function skippedLine(event: { processor: string; date: string; why: string }, count: number, total: number): string {
  return plain(`[${count}/${total}] ${event.processor} ${event.date}: skipped, ${event.why}`);
}

const HEADLINES: Readonly<Record<BackfillPhase, string>> = {
  planned: 'has not started',
  running: 'is running',
  paused: 'is paused',
  cancelling: 'is being cancelled',
  done: 'is done',
  failed: 'ended with failures',
  cancelled: 'was cancelled',
  interrupted: 'was interrupted: its executor is gone',
};

const HEADLINE_TONES: Partial<Record<BackfillPhase, Tone>> = {
  done: 'good',
  failed: 'bad',
  cancelled: 'warning',
  interrupted: 'bad',
};

/** What a backfill came to: counts, failures and skips grouped by their reason, alarms, and what to do next. */
export function summaryLines(
  plan: Plan,
  events: readonly BackfillEvent[],
  progress: BackfillProgress,
  terminal: Pick<Terminal, 'width' | 'color'>,
): readonly string[] {
  const { phase, done, failed, interrupted: cut, skipped, running, waiting, total, current, startedAt, endedAt } = progress;
  const took =
    startedAt === undefined || endedAt === undefined
      ? ''
      : ` after ${formatSeconds(Math.max(0, Math.round((endedAt - startedAt) / 1000)))}`;
  const left = phase === 'interrupted' && current !== undefined ? `, and its job ${current} still runs` : '';
  const { ended, skips, notes } = lastEvents(events);
  const interrupted = ended.filter(({ outcome }) => outcome === 'interrupted');
  const failures = ended.filter(({ outcome }) => !isSuccess(outcome) && outcome !== 'interrupted');
  const figures = [
    `${formatCount(done)} of ${formatCount(total)} done`,
    ...(failed > 0 ? [`${formatCount(failed)} failed`] : []),
    ...(cut > 0 ? [`${formatCount(cut)} interrupted`] : []),
    ...(running > 0 ? [`${formatCount(running)} still running`] : []),
    ...(skipped > 0 ? [`${formatCount(skipped)} skipped`] : []),
    ...(waiting > 0 ? [`${formatCount(waiting)} not started`] : []),
  ];
  const lines = [
    ...wrapped(`Backfill ${plan.id} ${HEADLINES[phase]}${left}${took}: ${figures.join(', ')}.`, terminal.width).map((line) =>
      toned(terminal, HEADLINE_TONES[phase], line),
    ),
  ];
  const alarms = failures.filter(({ alarm }) => alarm === true);
  if (alarms.length > 0) {
    lines.push(...grouped(`ALARM: good data became empty`, alarms, () => 'had rows before and is empty now', terminal));
  }
  lines.push(...grouped('Failed', failures, (event) => `${event.processor}: ${failureText(event) ?? ''}`, terminal, signatureOf));
  lines.push(...grouped('Interrupted', interrupted, (event) => `${event.processor}: ${failureText(event) ?? ''}`, terminal));
  lines.push(...grouped('Skipped', skips, ({ processor, why }) => `${processor}: ${why}`, terminal));
  const growths = backfillGrowth(
    { plan, events, progress },
    journalRuns({ plan, events }),
    Date.parse(events.at(-1)?.at ?? plan.createdAt),
  );
  if (growths.length > 0)
    lines.push(
      '',
      'Growth:',
      ...growths.flatMap((text) => wrapped(plain(text), terminal.width - 4).map((line, at) => (at === 0 ? '  ' : '    ') + line)),
    );
  if (notes.length > 0)
    lines.push('', 'Notes:', ...notes.flatMap((note) => wrapped(plain(note), terminal.width - 2).map((line) => `  ${line}`)));
  return [...lines, ...nextSteps(plan, phase, failures, progress)];
}

/** By partition the last word on it: a partition that was done in the end is no failure. */
function lastEvents(events: readonly BackfillEvent[]) {
  const ended = new Map<string, Ended>();
  const skips = new Map<string, Extract<BackfillEvent, { type: 'skipped' }>>();
  const notes: string[] = [];
  for (const event of events) {
    if (event.type === 'attemptEnded') ended.set(`${event.processor} ${event.date}`, event);
    else if (event.type === 'skipped') skips.set(`${event.processor} ${event.date}`, event);
    else if (event.type === 'emptied') ended.set(`${event.processor} ${event.date}`, emptied(event));
    else if (event.type === 'waitsAgain') {
      ended.delete(`${event.processor} ${event.date}`);
      skips.delete(`${event.processor} ${event.date}`);
    } else if (event.type === 'note') notes.push(event.message);
  }
  return { ended: [...ended.values()], skips: [...skips.values()], notes };
}

function emptied(event: Extract<BackfillEvent, { type: 'emptied' }>): Ended {
  return { ...event, type: 'attemptEnded', attempt: '', outcome: 'succeededButEmpty', alarm: true };
}

function signatureOf(event: Ended): string {
  return `${event.processor} ${event.outcome} ${event.signature ?? event.message ?? event.category ?? ''}`;
}

interface Dated {
  readonly processor: string;
  readonly date: string;
}

function grouped<T extends Dated>(
  title: string,
  items: readonly T[],
  textOf: (item: T) => string,
  terminal: Pick<Terminal, 'width'>,
  keyOf: (item: T) => string = textOf,
): string[] {
  if (items.length === 0) return [];
  const groups = [...groupBy(items, keyOf).values()].sort((a, b) => b.length - a.length);
  const countWidth = Math.max(...groups.map((group) => formatCount(group.length).length));
  const indent = ' '.repeat(countWidth + 4);
  const room = Math.max(20, terminal.width - indent.length);
  return [
    '',
    `${title}:`,
    ...groups.flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      const count = formatCount(group.length).padStart(countWidth);
      const text = wrapped(plain(textOf(first)), room);
      return [`  ${count}  ${text[0] ?? ''}`, ...[...text.slice(1), ...datesText(group, room)].map((line) => indent + line)];
    }),
  ];
}

const MOST_RANGES = 6;

/** The dates of a group as ranges, a few of them in full. */
function datesText(items: readonly Dated[], width: number): string[] {
  const days = items.flatMap(({ date }) => parseDay(date) ?? []).sort((a, b) => a - b);
  const ranges = rangesOf(new Set(days)).map(formatRange);
  const shown = ranges.slice(0, MOST_RANGES).join(', ');
  return wrapped(ranges.length > MOST_RANGES ? `${shown} and ${formatCount(ranges.length - MOST_RANGES)} more` : shown, width);
}

function nextSteps(plan: Plan, phase: BackfillPhase, failures: readonly Ended[], progress: BackfillProgress): string[] {
  const [first] = failures;
  const steps: string[] = [];
  if (first !== undefined) steps.push(`backfill logs ${plan.id} ${first.processor} ${first.date}`);
  if (failures.length > 0)
    steps.push(`backfill gaps --processor ${[...new Set(failures.map(({ processor }) => processor))].join(',')}`);
  if (phase === 'interrupted') steps.push(`backfill resume ${plan.id}`);
  if (phase === 'cancelled') steps.push(...commandsForRest(plan, progress));
  return steps.length === 0 ? [] : ['', 'Next:', ...steps.map((step) => `  ${step}`)];
}

/**
 * Commands that run what a backfill left, and nothing that it has done. One command is best, because a plan fills upstream needs before
 * what waits for them; several only where one would run finished dates again.
 */
function commandsForRest(plan: Plan, { partitions }: BackfillProgress): string[] {
  const runs = plan.partitions.filter(({ action }) => action === 'run');
  const isDone = ({ processor, date }: Dated) => partitions.get(`${processor} ${date}`) === 'done';
  const left = runs.filter((partition) => !isDone(partition));
  if (left.length === 0) return [];
  const datesOf = (processor: string) => left.filter((one) => one.processor === processor).map(({ date }) => date);
  const processors = [...new Set(left.map(({ processor }) => processor))];
  const dates = new Set(left.map(({ date }) => date));
  const chosen = chosenStatuses(plan.request.select);
  const repeats =
    (chosen.includes('all') || chosen.includes('complete')) && runs.some((one) => isDone(one) && dates.has(one.date));
  const groups = repeats ? [...groupBy(processors, (id) => datesOf(id).toSorted().join()).values()] : [processors];
  return groups.map((ids) => {
    const days = [...new Set(ids.flatMap(datesOf))].sort();
    const { select: _, ...request } = plan.request;
    const parts = { processors: ids, dates: days, choices: chosen };
    // Not every word of a selection is one of `--choose`.
    const asked = chosen.every((word) => (CHOICES as readonly string[]).includes(word))
      ? parts
      : { select: selectionText(parts) };
    return runCommandLine({ ...request, ...asked, withUpstream: false, withDownstream: false }, plan.mode);
  });
}

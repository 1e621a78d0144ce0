import { stripVTControlCharacters } from 'node:util';
import { formatRange, parseDay, rangesOf } from '../../base/day';
import { counted } from '../../base/figures';
import { groupBy } from '../../base/groupBy';
import type { Plan, PlannedJob, PlannedPartition, PlanOverride } from '../../core/backfill/backfill';
import { titleOf } from '../../core/backfill/progress';
import { shellText } from '../../core/plan/commandLine';
import { bytesText, conflictWords, minutesText, verdictsText } from '../../core/plan/preflight';
import { STATUS_SYMBOLS } from '../statusWords';
import { csv, markdownTable } from '../table';
import { type Terminal, type Tone, toned } from '../terminal';
import { plain, wrapped } from '../textWidth';

/** A plan in full: the exact dates by name and number, what is skipped and why, how it runs, what could be asked for, and what it will take. */
export function planText(plan: Plan, terminal: Pick<Terminal, 'width' | 'color'>): readonly string[] {
  const runs = plan.partitions.filter(({ action }) => action === 'run');
  const skips = plan.partitions.filter(({ action }) => action === 'skip');
  const lines = [
    toned(terminal, 'strong', plain(titleOf(plan))),
    ...indented(verdictsText(plan.partitions), 0, terminal),
    ...(runs.length === 0 ? [] : costLines(plan).flatMap((line) => indented(line, 0, terminal))),
    ...selectionLines(plan),
    ...conflictLines(plan, terminal),
  ];
  lines.push(...section(`Runs ${counted(runs.length, 'partition')}:`, runs, terminal));
  lines.push(...section(`Skips ${counted(skips.length, 'partition')}:`, skips, terminal));
  const jobs = plan.jobs.filter(({ processor }) => runs.some((run) => run.processor === processor));
  if (jobs.length > 0) lines.push('', 'How:');
  for (const job of jobs) {
    // What is to be copied stays on its line.
    lines.push(...indented(jobText(job), 2, terminal), `    ${safe(shellText(job.command))}`);
  }
  const overrides = plan.overrides ?? [];
  if (overrides.length > 0) lines.push('', 'Overrides:');
  for (const override of overrides) lines.push(...indented(overrideText(override), 2, terminal));
  if (plan.warnings.length > 0) {
    lines.push('', toned(terminal, 'warning', 'Warnings:'));
    for (const warning of plan.warnings) lines.push(...indented(warning, 2, terminal));
  }
  return lines;
}

/** Who else has partitions of this, or may write them. */
function conflictLines({ conflicts = [] }: Plan, terminal: Pick<Terminal, 'width' | 'color'>): string[] {
  if (conflicts.length === 0) return [];
  return [
    '',
    toned(terminal, 'warning', 'Conflicts:'),
    ...conflicts
      .map(conflictWords)
      .flatMap(({ who, which, effect, advice, command }) => [
        ...indented(`${who}: ${which}`, 2, terminal),
        ...indented(`${effect} ${advice}`, 4, terminal),
        ...(command === undefined ? [] : [`    ${safe(command)}`]),
      ]),
  ];
}

function costLines(plan: Plan): string[] {
  const bytes = bytesText(plan);
  return [minutesText(plan), ...(bytes === undefined ? [] : [bytes])];
}

/** What is to be copied stays on its line. */
function selectionLines({ request: { select, reason } }: Plan): string[] {
  return [
    ...(select === '' ? [] : [`Selected: ${safe(select)}`]),
    ...(reason === undefined || reason === '' ? [] : [`Reason: ${safe(reason)}`]),
  ];
}

function overrideText({ name, does, processors, chosen }: PlanOverride): string {
  const whose = processors.length === 0 ? '' : ` (${processors.join(', ')})`;
  return `--override ${name}${whose}: ${does}${chosen ? '; it was asked for' : ''}.`;
}

const PREFLIGHT_TONES: Partial<Record<PlannedPartition['preflight'], Tone>> = { overrideNeeded: 'warning', never: 'bad' };

function section(title: string, partitions: readonly PlannedPartition[], terminal: Pick<Terminal, 'width' | 'color'>): string[] {
  if (partitions.length === 0) return [];
  const groups = groupBy(partitions, ({ processor, status, why, preflight, override }) =>
    [processor, status, why, preflight, override].join('\n'),
  );
  return [
    '',
    title,
    ...[...groups.values()].flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      const head = `${first.processor}: ${counted(group.length, 'date')}, ${whyText(first)}`;
      return [
        ...indented(head, 2, terminal).map((line) => toned(terminal, PREFLIGHT_TONES[first.preflight], line)),
        ...indented(datesText(group), 4, terminal),
      ];
    }),
  ];
}

function whyText({ action, status, why, preflight, override }: PlannedPartition): string {
  const symbol = STATUS_SYMBOLS[status];
  const stop = /[.!?…]$/.test(why) ? '' : '.';
  const sentence = `${symbol} ${why.startsWith(status) ? why : `${status}: ${why}`}${stop}`;
  if (preflight === 'overrideNeeded' && action === 'skip') return `${sentence} Needs --override ${override ?? ''}.`;
  return preflight === 'never' ? `${sentence} Nothing overrides that.` : sentence;
}

function indented(text: string, indent: number, { width }: Pick<Terminal, 'width'>): string[] {
  return wrapped(plain(text), Math.max(20, width - indent)).map((line) => ' '.repeat(indent) + line);
}

function datesText(partitions: readonly PlannedPartition[]): string {
  const days = partitions.flatMap(({ date }) => parseDay(date) ?? []).sort((a, b) => a - b);
  return rangesOf(days).map(formatRange).join(', ');
}

/** What a terminal would act on is shown and not done; blanks stay as they are, because they are a part of the words. */
function safe(text: string): string {
  return stripVTControlCharacters(text).replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
}

function jobText({ processor, method, slots, sequential }: PlannedJob): string {
  const calls = {
    sql: 'one SELECT a date',
    date: 'one call a date',
    range: 'one call a range',
    list: 'one call a list',
    clean: 'deleted a date at a time',
  }[method];
  const pace = sequential === undefined ? `${slots} at once` : `one at a time: ${sequential}`;
  return plain(`${processor}: ${calls}, ${slots === 1 && sequential === undefined ? 'one at a time' : pace}`);
}

const TITLES = ['processor', 'date', 'action', 'status', 'preflight', 'why', 'override'] as const;

function rowsOf({ partitions }: Plan): string[][] {
  return partitions.map(({ processor, date, action, status, preflight, why, override }) => [
    processor,
    date,
    action,
    status,
    preflight,
    why,
    override ?? '',
  ]);
}

/** A row a partition. */
export function planCsv(plan: Plan): string {
  return csv(TITLES, rowsOf(plan));
}

/** A row a partition. */
export function planMarkdown(plan: Plan): string {
  const facts = [verdictsText(plan.partitions), ...costLines(plan), ...selectionLines(plan)].map((line) => `- ${plain(line)}`);
  const table = markdownTable(
    TITLES.map((title) => ({ title: title.charAt(0).toUpperCase() + title.slice(1) })),
    rowsOf(plan),
  );
  const conflicts = (plan.conflicts ?? []).map(conflictWords);
  const inTheWay = markdownTable(
    ['Conflict', 'Partitions', 'What it means', 'What to do'].map((title) => ({ title })),
    conflicts.map(({ who, which, effect, advice, command }) => [
      who,
      which,
      effect,
      command === undefined ? advice : `${advice} \`${command}\``,
    ]),
  );
  return [plain(titleOf(plan)), facts.join('\n'), ...(conflicts.length === 0 ? [] : [inTheWay]), table].join('\n\n');
}

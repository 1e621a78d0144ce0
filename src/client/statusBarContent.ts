import { counted, formatCount, formatInstant, formatLeft, namesText } from '../base/figures';
import { overOf } from '../base/partitionCounts';
import type { CommandId } from '../protocol/contributions/commands';
import type { EngineState } from '../protocol/contributions/contextKeys';
import type { BackfillSummary, ServerState } from '../protocol/messages';
import type { NodeTarget } from '../protocol/targets';
import { isActive, resultText } from './backfillText';

export interface StatusBarContent {
  readonly text: string;
  /** Markdown with command links. */
  readonly tooltip: string;
  readonly warning: boolean;
  /** What a click shows. */
  readonly view: 'coverage' | 'backfills';
}

/**
 * One line for the status bar: what runs, else what ended badly and was not looked at yet, else what is missing.
 * Undefined where there is nothing to say.
 * @param seenUntil ends up to this instant were looked at, epoch milliseconds.
 */
export function statusBarContent(
  engine: EngineState,
  state: ServerState | undefined,
  backfills: readonly BackfillSummary[],
  seenUntil: number,
): StatusBarContent | undefined {
  if (engine === 'none') return undefined;
  if (engine === 'failed') {
    return {
      text: '$(error) Backfill',
      tooltip: `The engine does not run.\n\n${link('Restart engine', 'backfill.restartEngine')} · ${link('Show log', 'backfill.showLog')}`,
      warning: true,
      view: 'coverage',
    };
  }
  const tooltip = tooltipOf(state, backfills);
  const active = backfills.filter(isActive);
  const elsewhere = state?.elsewhere ?? [];
  const [running] = active;
  if (running !== undefined) {
    const text = activeText(running, active);
    const beside = elsewhere.length === 0 ? '' : ` · ${formatCount(elsewhere.length)} elsewhere`;
    return { text: text + beside, tooltip, warning: active.some(needsPerson), view: 'backfills' };
  }
  const [newest] = backfills;
  if (
    newest !== undefined &&
    (newest.phase === 'interrupted' || newest.phase === 'failed') &&
    (newest.endedAt ?? 0) > seenUntil
  ) {
    const text = `$(warning) ${namesText(newest.processors)} ${newest.phase}`;
    return { text, tooltip, warning: true, view: 'backfills' };
  }
  const [job, ...others] = elsewhere;
  if (job !== undefined) {
    const what = others.length === 0 ? `${job.processor} elsewhere ${job.text}` : `${counted(elsewhere.length, 'job')} elsewhere`;
    return { text: `$(sync~spin) ${what}`, tooltip, warning: false, view: 'backfills' };
  }
  const coverage = state?.coverage;
  if (coverage === undefined) return undefined;
  const text = coverage.gaps === 0 ? '$(pass) No gaps' : `$(table) ${counted(coverage.gaps, 'gap')}`;
  return { text, tooltip, warning: false, view: 'coverage' };
}

function tooltipOf(state: ServerState | undefined, backfills: readonly BackfillSummary[]): string {
  const lines: string[] = [];
  const coverage = state?.coverage;
  if (coverage !== undefined) {
    const { pipeline, mode, gaps, causes, asOf } = coverage;
    lines.push(`**${escaped(pipeline)}**`);
    const behind = gaps === 0 ? '' : `, ${counted(causes, 'cause')}`;
    lines.push(`${gaps === 0 ? 'No gaps' : counted(gaps, 'gap')}${behind} (${mode} thresholds)`);
    lines.push(`Warehouse read at ${formatInstant(asOf)}`);
  }
  if (state?.problem !== undefined) lines.push(`$(warning) ${escaped(state.problem.message)}`);
  for (const { processor, text } of state?.elsewhere ?? [])
    lines.push(`${escaped(processor)}, started elsewhere: running ${text}`);
  const active = backfills.filter(isActive);
  for (const one of active.length > 0 ? active : backfills.slice(0, 1)) lines.push(backfillLine(one));
  lines.push(
    [
      link('Fill gaps', 'backfill.fillGaps'),
      link('Launch', 'backfill.launch'),
      link('Gap matrix', 'backfill.openMatrix'),
      link('Refresh', 'backfill.refresh'),
    ].join(' · '),
  );
  return lines.join('\n\n');
}

/** What it is and how far, and what can be done about it. */
function backfillLine(one: BackfillSummary): string {
  const { id, title, phase, pause, jobs, left, growth = [], etaSeconds, etaHighSeconds } = one;
  const silent = jobs.filter((job) => job.silent !== undefined).map(({ name, silent: why }) => `${name} may hang: ${why}`);
  const facts = [
    resultText(one),
    ...(etaSeconds !== undefined && phase === 'running' ? [leftText(etaSeconds, etaHighSeconds)] : []),
    ...(left === undefined ? [] : [left]),
    ...(pause === undefined ? [] : [pause.message]),
    ...silent,
    ...growth,
  ];
  const links: readonly string[] = [
    ...(phase === 'running' ? [link('Pause', 'backfill.pause', { backfill: id })] : []),
    ...(phase === 'paused' || phase === 'interrupted' ? [link('Resume', 'backfill.resume', { backfill: id })] : []),
    ...(isActive(one) ? [link('Cancel', 'backfill.cancel', { backfill: id })] : []),
    link('Show in terminal', 'backfill.attach', { backfill: id }),
  ];
  return `${escaped(title)}: ${phase}. ${escaped(facts.join(' · '))}\n\n${links.join(' · ')}`;
}

function link(text: string, command: CommandId, target?: NodeTarget): string {
  const argument = target === undefined ? '' : `?${encodeURIComponent(JSON.stringify([target]))}`;
  return `[${text}](command:${command}${argument})`;
}

function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+!<>|]/g, '\\$&');
}

function sum<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((total, value) => total + of(value), 0);
}

/** A job may hang, or a question has to be answered. */
function needsPerson({ jobs, pause }: BackfillSummary): boolean {
  return pause?.cause === 'signature' || jobs.some(({ silent }) => silent !== undefined);
}

/** `MLFS 12/25 · 12–18 min left`, `MLFS 12/25 paused`, `MLFS 12/25 · PDC 2021-11-05 may hang`. */
function activeText(running: BackfillSummary, active: readonly BackfillSummary[]): string {
  const over = sum(active, overOf);
  const total = sum(active, (one) => one.total);
  const who = active.length === 1 ? namesText(running.processors) : counted(active.length, 'backfill');
  if (active.every(({ phase }) => phase === 'cancelling')) return `$(sync~spin) ${who} ending`;
  const counts = `${who} ${formatCount(over)}/${formatCount(total)}`;
  const [silent, ...others] = active.flatMap(({ jobs }) => jobs.filter((job) => job.silent !== undefined));
  if (silent !== undefined) {
    const more = others.length === 0 ? '' : ` and ${counted(others.length, 'more job')}`;
    return `$(warning) ${counts} · ${silent.name}${more} may hang`;
  }
  const paused = active.filter(({ phase }) => phase === 'paused');
  if (paused.length === active.length) {
    const waits = paused.every(({ pause }) => pause?.cause === 'environment');
    const asks = paused.some(({ pause }) => pause?.cause === 'signature');
    return `$(debug-pause) ${counts} ${waits ? 'waiting' : 'paused'}${asks ? ' with a question' : ''}`;
  }
  const stopped = paused.length === 0 ? '' : `, ${formatCount(paused.length)} paused`;
  // Of what is paused nobody knows when it goes on.
  const [longest] = active.filter(({ phase }) => phase === 'running').sort((a, b) => (b.etaSeconds ?? -1) - (a.etaSeconds ?? -1));
  const eta = longest?.etaSeconds === undefined ? '' : ` · ${leftText(longest.etaSeconds, longest.etaHighSeconds)}`;
  return `$(sync~spin) ${counts}${stopped}${eta}`;
}

function leftText(p50: number, p90 = p50): string {
  return `${formatLeft(p50, p90)} left`;
}

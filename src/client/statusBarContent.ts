import { counted, formatCount, formatInstant, formatLeft, namesText } from '../base/figures';
import type { CommandId, EngineState } from '../protocol/contributions';
import type { BackfillSummary, ServerState } from '../protocol/messages';
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
  const [running, another] = active;
  const elsewhere = state?.elsewhere ?? [];
  if (running !== undefined) {
    const done = sum(active, ({ done, failed, interrupted, skipped }) => done + failed + interrupted + skipped);
    const total = sum(active, ({ total }) => total);
    const who = another === undefined ? namesText(running.processors) : counted(active.length, 'backfill');
    const longest = active.reduce((long, one) => ((one.etaSeconds ?? -1) > (long.etaSeconds ?? -1) ? one : long), running);
    const eta = longest.etaSeconds === undefined ? '' : ` · ${leftText(longest.etaSeconds, longest.etaHighSeconds)}`;
    const cancelling = running.phase === 'cancelling' && another === undefined;
    const beside = elsewhere.length === 0 ? '' : ` · ${formatCount(elsewhere.length)} elsewhere`;
    const text = `$(sync~spin) ${who} ${cancelling ? 'ending' : `${formatCount(done)}/${formatCount(total)}${eta}`}${beside}`;
    return { text, tooltip, warning: false, view: 'backfills' };
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
  const [newest] = backfills;
  if (newest !== undefined) lines.push(`${escaped(newest.title)}: ${newest.phase}, ${resultText(newest)}`);
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

function link(text: string, command: CommandId): string {
  return `[${text}](command:${command})`;
}

function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+!<>|]/g, '\\$&');
}

function sum<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((total, value) => total + of(value), 0);
}

function leftText(p50: number, p90 = p50): string {
  return `${formatLeft(p50, p90)} left`;
}

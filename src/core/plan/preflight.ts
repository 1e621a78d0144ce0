import { parseDay } from '../../base/day';
import { counted, formatBytes, formatSeconds } from '../../base/figures';
import type { OverLimit, Plan, PlanBytes, PlanConflict, PlannedPartition, PlanOverride, PlanRequest } from '../backfill/backfill';
import type { Pipeline } from '../pipeline';
import { rangesText } from '../words';

/** The override that runs partitions whose needs are not met. What they build is suspect until it is run again. */
export const SKIP_NEEDS = 'skip-needs';

/** The override that runs dates on which nothing is expected, such as those of a bootstrap period. Future dates never run. */
export const OFF_DATES = 'off-dates';

/** What could be overridden by name, and what each override does: `skip-needs`, `off-dates`, and those of the commands that the plan would call. */
export function overridesOf(
  { processors }: Pick<Pipeline, 'processors'>,
  { jobs, partitions }: Pick<Plan, 'jobs' | 'partitions'>,
  { overrides }: Pick<PlanRequest, 'overrides'>,
): readonly PlanOverride[] {
  const found = new Map<string, { does: string; processors: string[] }>();
  const inNeed = partitions.filter(({ override }) => override === SKIP_NEEDS);
  if (inNeed.length > 0 || overrides.includes(SKIP_NEEDS)) {
    const ids = [...new Set(inNeed.map(({ processor }) => processor))];
    found.set(SKIP_NEEDS, {
      does: 'runs partitions whose needs are not met; what they build is suspect until it is run again',
      processors: ids,
    });
  }
  const off = partitions.filter(
    ({ override, status, action }) => override === OFF_DATES || (status === 'off' && action === 'run'),
  );
  if (off.length > 0 || overrides.includes(OFF_DATES)) {
    const ids = [...new Set(off.map(({ processor }) => processor))];
    found.set(OFF_DATES, { does: 'runs dates on which nothing is expected, but for future ones', processors: ids });
  }
  for (const job of jobs) {
    const run = processors.find(({ id }) => id === job.processor)?.run ?? [];
    for (const method of run) {
      if (method.kind !== 'command' || method.each !== job.method) continue;
      for (const [name, words] of Object.entries(method.overrides)) {
        // What it does anyhow need not be asked for.
        if (words.length === 0 && !overrides.includes(name)) continue;
        const known = found.get(name);
        if (known === undefined) found.set(name, { does: doesText(words), processors: [job.processor] });
        else if (!known.processors.includes(job.processor)) known.processors.push(job.processor);
      }
    }
  }
  return [...found].map(([name, one]) => ({ name, ...one, chosen: overrides.includes(name) }));
}

function doesText(words: readonly string[]): string {
  return words.length === 0 ? 'adds nothing to the command' : `adds ${words.join(' ')} to the command`;
}

/** Of everything that was asked for: what runs as it is, what would need an override, and what nothing can run. */
export interface Verdicts {
  readonly run: number;
  /** Allowed, and left out because of what was chosen. */
  readonly notChosen: number;
  /** Those that run because the override was asked for are among `run`, too. */
  readonly overrideNeeded: number;
  readonly never: number;
}

function verdictsOf(partitions: readonly PlannedPartition[]): Verdicts {
  const count = (is: (partition: PlannedPartition) => boolean) => partitions.filter(is).length;
  return {
    run: count(({ action }) => action === 'run'),
    notChosen: count(({ action, preflight }) => action === 'skip' && preflight === 'allowed'),
    overrideNeeded: count(({ preflight }) => preflight === 'overrideNeeded'),
    never: count(({ preflight }) => preflight === 'never'),
  };
}

/** `9 run · 3 need an override · 2 never run`: a line above the partitions. */
export function verdictsText(partitions: readonly PlannedPartition[]): string {
  const { run, notChosen, overrideNeeded, never } = verdictsOf(partitions);
  return [
    `${counted(run, 'partition')} ${run === 1 ? 'runs' : 'run'}`,
    ...(notChosen > 0 ? [`${notChosen} not chosen`] : []),
    ...(overrideNeeded > 0 ? [`${overrideNeeded} ${overrideNeeded === 1 ? 'needs' : 'need'} an override`] : []),
    ...(never > 0 ? [`${never} never ${never === 1 ? 'runs' : 'run'}`] : []),
  ].join(' · ');
}

/** A conflict in the words of every view: who is in the way, which partitions, what comes of it and what to do. */
export interface ConflictWords {
  readonly who: string;
  /** `PDC 2021-11-05 to 2021-11-07 (3 dates)`. */
  readonly which: string;
  readonly effect: string;
  readonly advice: string;
  readonly command?: string;
}

export function conflictWords({ who, partitions, effect, advice, command }: PlanConflict): ConflictWords {
  const which = partitions.map(({ processor, dates }) => {
    const days = dates.flatMap((date) => parseDay(date) ?? []);
    return `${processor} ${rangesText(days, 6)}${days.length > 1 ? ` (${counted(days.length, 'date')})` : ''}`;
  });
  return { who, which: which.join('; '), effect, advice, ...(command !== undefined && { command }) };
}

/** How long, in one sentence. */
export function minutesText({ estimate }: Pick<Plan, 'estimate'>): string {
  if (estimate === undefined) return 'How long it takes is not known yet: nothing of this was ever run here.';
  const { p50, p90, basis } = estimate;
  const [about, most] = [formatSeconds(Math.max(1, Math.ceil(p50))), formatSeconds(Math.max(1, Math.ceil(p90)))];
  return `Takes about ${about}, at most ${most} nine times of ten (${basis}).`;
}

/** What it costs, in one sentence; undefined where nothing is billed by bytes. */
export function bytesText({ bytes }: Pick<Plan, 'bytes'>): string | undefined {
  if (bytes === undefined) return undefined;
  const { atMost, basis, unknown } = bytes;
  const others = unknownText(bytes);
  if (atMost === undefined) return others === undefined ? undefined : `What is billed is unknown: ${others}.`;
  return `Bills at most ${formatBytes(atMost)} (${basis ?? ''})${unknown.length === 0 ? '' : `, and what is unknown: ${others}`}.`;
}

/** Why a query is refused for its price. */
export function limitText({ least, most, limit }: OverLimit): string {
  const bytes = least === most ? formatBytes(most) : `${formatBytes(least)} to ${formatBytes(most)}`;
  return `a date is billed ${bytes}, and \`warehouse.max_bytes_billed\` allows ${formatBytes(limit)} a query: raise it, or let the SQL read fewer partitions`;
}

function unknownText({ unknown }: PlanBytes): string | undefined {
  return unknown.length === 0 ? undefined : unknown.map(({ processor, why }) => `${processor}: ${why}`).join('; ');
}

import type { Day } from '../../base/day';
import type { PlannedJob } from '../backfill/backfill';
import type { CommandRun, RunMethod } from '../pipeline';

/**
 * Cuts dates into calls. A range goes from its first to its last date, so it must not pass over an expected date that is not among them;
 * off dates in between are harmless.
 * @param ready dates to run, in the order of the plan.
 * @param isExpected whether a date between them would be run by a range, too.
 * @returns the dates of the next call, ascending for ranges; empty for none.
 */
export function nextCall(
  method: PlannedJob['method'],
  ready: readonly Day[],
  maxDates: number | undefined,
  isExpected: (day: Day) => boolean,
): Day[] {
  const first = ready[0];
  if (first === undefined) return [];
  const most = maxDates ?? Number.POSITIVE_INFINITY;
  if (method === 'list') return ready.slice(0, most);
  if (method !== 'range') return [first];
  const chosen = new Set(ready);
  const call = [first];
  const step = (ready[1] ?? first) < first ? -1 : 1;
  const end = ready.reduce((far, day) => (step > 0 ? Math.max(far, day) : Math.min(far, day)), first);
  for (let day = first + step; step > 0 ? day <= end : day >= end; day += step) {
    if (call.length >= most) break;
    if (chosen.has(day)) call.push(day);
    else if (isExpected(day)) break;
  }
  return call.sort((a, b) => a - b);
}

/**
 * The way to run dates of a processor: SQL where the manifest names it first, else the command that has most of the overrides that are asked
 * for, then the one that takes the fewest calls, then the one that it names first. Undefined when there is none.
 */
export function chooseMethod(
  methods: readonly RunMethod[],
  days: readonly Day[],
  isExpected: (day: Day) => boolean,
  overrides: readonly string[] = [],
): RunMethod | undefined {
  const first = methods[0];
  if (first === undefined || first.kind === 'sql') return first;
  const known = ({ overrides: named }: CommandRun) => overrides.filter((name) => Object.hasOwn(named, name)).length;
  const all = methods.filter((method) => method.kind === 'command');
  const most = Math.max(...all.map(known));
  const ways = all
    .filter((method) => known(method) === most)
    .map((method) => ({ method, calls: callsOf(method, days, isExpected) }));
  return ways.reduce((best, way) => (way.calls < best.calls ? way : best)).method;
}

function callsOf(method: CommandRun, days: readonly Day[], isExpected: (day: Day) => boolean): number {
  const left = new Set(days.toSorted((a, b) => a - b));
  let calls = 0;
  for (; left.size > 0; calls++) {
    for (const day of nextCall(method.each, [...left], method.maxDates, isExpected)) left.delete(day);
  }
  return calls;
}

/** The argv of one call: placeholders filled in. Dates are ISO text, in the order of the call. */
export function argvOf(command: readonly string[], dates: readonly string[]): string[] {
  const [first = ''] = dates;
  const values: Readonly<Record<string, string>> = {
    date: first,
    start: first,
    end: dates.at(-1) ?? first,
    dates: dates.join(','),
  };
  return command.map((word) => word.replace(/\{(date|start|end|dates)\}/g, (_, name: string) => values[name] ?? ''));
}

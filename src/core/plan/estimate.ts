import { counted } from '../../base/figures';
import { groupBy } from '../../base/groupBy';
import type { PastSeconds, PlanEstimate, PlannedJob, PlannedPartition } from '../backfill/backfill';
import { quantile } from '../backfill/progress';
import { type PoolJob, simulatePool } from '../backfill/simulate';
import type { AttemptLedger } from '../coverage/coverage';
import type { NotedRun } from '../records/runHistory';

/** How long runs took that the pipeline's own run history knows: seconds of those that ended well, by processor id. */
export interface RunTimes {
  readonly table: string;
  readonly seconds: ReadonlyMap<string, readonly number[]>;
}

/** What an estimate rests on. */
export interface EstimateBasis {
  readonly attempts: Pick<AttemptLedger, 'last'>;
  /** How many calls at once, over all jobs. */
  readonly slots: number;
  /** For processors of which the journal knows nothing. */
  readonly noted?: RunTimes | undefined;
}

/** More dates than this are simulated as blocks of adjacent ones. */
const MOST_DATES = 1_000;

/** @returns undefined for no runs. */
export function runTimesOf(runs: readonly NotedRun[], table: string): RunTimes | undefined {
  const seconds = new Map<string, number[]>();
  for (const { processor, outcome, seconds: took } of runs) {
    if (processor === undefined || took === undefined || (outcome !== 'success' && outcome !== 'partial')) continue;
    const known = seconds.get(processor.id);
    if (known === undefined) seconds.set(processor.id, [took]);
    else known.push(took);
  }
  return seconds.size === 0 ? undefined : { table, seconds };
}

/**
 * How long the partitions of a plan will take, in seconds: its jobs in the sliding pool of an executor, with their slots, lanes, calls of
 * many dates and needs of one another, where each date takes the quantile of the past attempts of its processor that ran at the plan's
 * concurrency, of all of them where those are few (the basis says so), or of the runs that the pipeline noted where the journal has none. So p90 is a day on which every date is slow. Undefined where no chosen processor has a history.
 */
export function estimateOf(
  jobs: readonly PlannedJob[],
  partitions: readonly PlannedPartition[],
  { attempts, slots, noted }: EstimateBasis,
): PlanEstimate | undefined {
  const most = mostAtOnce(jobs, slots, partitions);
  const history = pastAttempts(attempts);
  const known: string[] = [];
  const dates: PastSeconds[] = [];
  const unknown: string[] = [];
  for (const { processor } of jobs) {
    const own = history.get(processor);
    const alike = own?.filter(({ atOnce }) => isAlike(atOnce, most)) ?? [];
    const chosen = alike.length >= ENOUGH ? alike : (own ?? []);
    const seconds = own === undefined ? (noted?.seconds.get(processor) ?? []) : chosen.map((one) => one.seconds);
    const middle = quantile(seconds, 0.5);
    const high = quantile(seconds, 0.9);
    if (middle === undefined || high === undefined) {
      unknown.push(processor);
      continue;
    }
    const basis = own === undefined ? `run of ${processor} in ${noted?.table}` : `attempt of ${processor}`;
    const others = own === undefined ? '' : othersText(chosen, most);
    dates.push({ processor, p50: middle, p90: high, of: seconds.length });
    known.push(`${counted(seconds.length, basis, basis.replace(/^\w+/, '$&s'))}${others}`);
  }
  if (known.length === 0) return undefined;
  const pool = new BlockedPool(jobs, partitions);
  const total = (quantileOf: (past: PastSeconds) => number) => {
    const seconds = new Map(dates.map((past) => [past.processor, quantileOf(past)]));
    return simulatePool(pool.jobs(seconds), slots);
  };
  const without =
    unknown.length === 0 ? '' : `; without ${unknown.join(', ')}, which ${unknown.length === 1 ? 'has' : 'have'} no history`;
  return {
    p50: total(({ p50 }) => p50),
    p90: total(({ p90 }) => p90),
    basis: `${known.join(', ')}; ${atOnceText(most)}${without}`,
    dates,
  };
}

interface PastAttempt {
  readonly seconds: number;
  readonly atOnce?: number | undefined;
}

/** Attempts that did their work, by processor. */
function pastAttempts({ last }: Pick<AttemptLedger, 'last'>): ReadonlyMap<string, readonly PastAttempt[]> {
  const history = new Map<string, PastAttempt[]>();
  for (const [key, { outcome, seconds, atOnce }] of last) {
    if (seconds === undefined || (outcome !== 'done' && outcome !== 'partial')) continue;
    const processor = key.slice(0, key.lastIndexOf(' '));
    const known = history.get(processor);
    if (known === undefined) history.set(processor, [{ seconds, atOnce }]);
    else known.push({ seconds, atOnce });
  }
  return history;
}

/** This many attempts at the concurrency of a plan tell more than any number at another one. */
const ENOUGH = 5;

/** Two of eight more or less make no difference, one or two at once do. */
function isAlike(atOnce: number | undefined, most: number): boolean {
  return atOnce !== undefined && Math.abs(Math.round(atOnce) - most) <= Math.floor(most / 4);
}

/** What is said of attempts that ran at another concurrency than the plan will; nothing where at most a few did. */
function othersText(chosen: readonly PastAttempt[], most: number): string {
  const others = chosen.flatMap(({ atOnce }) => (atOnce === undefined || isAlike(atOnce, most) ? [] : Math.round(atOnce)));
  const low = Math.min(...others);
  const high = Math.max(...others);
  if (2 * others.length <= chosen.length) return '';
  return ` (which ran ${low === high ? atOnceText(low) : `${low} to ${high} at once`})`;
}

/** How many calls of these jobs can ever run at the same time. */
function mostAtOnce(jobs: readonly PlannedJob[], slots: number, partitions: readonly PlannedPartition[]): number {
  const runs = groupBy(
    partitions.filter(({ action }) => action === 'run'),
    ({ processor }) => processor,
  );
  const lanes = new Set(jobs.flatMap(({ lane }) => lane ?? []));
  const free = jobs.reduce((sum, { lane, processor, slots: own, method, maxDates }) => {
    if (lane !== undefined) return sum;
    const dates = runs.get(processor)?.length ?? 0;
    const perCall = method === 'range' || method === 'list' ? (maxDates ?? dates) : 1;
    return sum + Math.min(own, Math.ceil(dates / Math.max(1, perCall)));
  }, 0);
  return Math.max(1, Math.min(slots, lanes.size + free));
}

function atOnceText(most: number): string {
  return most === 1 ? 'one at a time' : `${most} at once`;
}

/** The dates of a plan as a pool simulates them: where they are many, blocks of adjacent ones as one, which together take as long. */
class BlockedPool {
  readonly #jobs: readonly PlannedJob[];
  /** By processor: how many dates each of its blocks has, in the order of the plan. */
  readonly #blocks = new Map<string, Map<string, number>>();
  readonly #size: number;

  constructor(jobs: readonly PlannedJob[], partitions: readonly PlannedPartition[]) {
    this.#jobs = jobs;
    const runs = partitions.filter(({ action }) => action === 'run');
    const days = [...new Set(runs.map(({ date }) => date))].sort();
    this.#size = Math.max(1, Math.ceil(days.length / MOST_DATES));
    const blockOf = new Map(days.map((date, index) => [date, `${Math.floor(index / this.#size)}`]));
    for (const { processor, date } of runs) {
      const block = blockOf.get(date) ?? date;
      const own = this.#blocks.get(processor) ?? new Map<string, number>();
      this.#blocks.set(processor, own.set(block, (own.get(block) ?? 0) + 1));
    }
  }

  /** @param seconds of a date, by processor; the others take no time. */
  jobs(seconds: ReadonlyMap<string, number>): PoolJob[] {
    return this.#jobs.map(({ processor, slots, lane, method, maxDates, after = [] }) => {
      const isMany = method === 'range' || method === 'list';
      const most = isMany ? (maxDates ?? Number.POSITIVE_INFINITY) : 1;
      return {
        processor,
        slots,
        ...(lane !== undefined && { lane }),
        datesPerCall: Math.max(1, Math.ceil(most / this.#size)),
        after,
        dates: [...(this.#blocks.get(processor) ?? [])].map(([date, count]) => ({
          date,
          seconds: count * (seconds.get(processor) ?? 0),
        })),
      };
    });
  }
}

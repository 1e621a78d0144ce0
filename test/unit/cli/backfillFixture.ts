import type { BackfillEvent, BackfillEventBody, Plan, PlannedPartition, PlanRequest } from '../../../src/core/backfill/backfill';
import { planRequest } from '../../support/requests';

const REQUEST: PlanRequest = planRequest({ processors: ['PDC', 'MLFS'], from: '2021-11-05', to: '2021-11-09', slots: 2 });

/** A plan of processors over dates of November 2021; those marked `skip` are skipped by the plan. */
export function planOf(partitions: readonly (readonly [processor: string, day: number, action?: 'skip'])[]): Plan {
  return {
    version: 1,
    id: '20261123T140211-pdc-ab12',
    pipeline: 'NBA seasons',
    manifest: '/data/nba/backfill.yaml',
    createdAt: '2026-11-23T14:02:11.000Z',
    mode: 'backfill',
    request: REQUEST,
    jobs: [...new Set(partitions.map(([processor]) => processor))].map((processor) => ({
      processor,
      method: 'sql' as const,
      command: [`sql/${processor.toLowerCase()}.sql`],
      slots: 2,
      hash: '0'.repeat(64),
    })),
    partitions: partitions.map(
      ([processor, day, action]): PlannedPartition => ({
        processor,
        date: dateOf(day),
        action: action ?? 'run',
        status: action === 'skip' ? 'complete' : 'missing',
        why: action === 'skip' ? 'it is complete' : 'it was never run',
        preflight: 'allowed',
      }),
    ),
    warnings: [],
  };
}

export function dateOf(day: number): string {
  return `2021-11-${String(day).padStart(2, '0')}`;
}

export const START = Date.UTC(2026, 10, 23, 14, 2, 11);

/** Events a number of seconds after the start each. */
export function eventsOf(bodies: readonly (readonly [seconds: number, body: BackfillEventBody])[]): BackfillEvent[] {
  return bodies.map(([seconds, body], index) => ({
    seq: index + 1,
    at: new Date(START + seconds * 1000).toISOString(),
    ...body,
  }));
}

export const started: BackfillEventBody = {
  type: 'started',
  owner: { host: 'h', boot: 'b', pidNamespace: 'n', pid: 1, startTime: '1' },
};

export function attempted(processor: string, day: number): BackfillEventBody {
  const date = dateOf(day);
  const attempt = `${processor}-${date}-1`;
  return {
    type: 'attemptStarted',
    attempt,
    processor,
    date,
    before: 'r0',
    rowsBefore: 0,
    inputs: [],
    log: `logs/${attempt}.log`,
  };
}

export function ended(
  processor: string,
  day: number,
  seconds: number,
  more: Partial<Extract<BackfillEventBody, { type: 'attemptEnded' }>> = {},
): BackfillEventBody {
  const date = dateOf(day);
  return {
    type: 'attemptEnded',
    attempt: `${processor}-${date}-1`,
    processor,
    date,
    outcome: 'done',
    rowsAfter: 214,
    seconds,
    ...more,
  };
}

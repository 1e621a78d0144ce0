import { namesText } from '../../base/figures';
import type { Plan, PlannedJob } from '../backfill/backfill';
import { cleanHash } from '../clean/cleanPlan';
import type { Need, Pipeline, Processor, RunMethod } from '../pipeline';
import { executionOf, type JobContext } from './planJobs';

/** The texts that a plan was made from: kept with it, so that it can be executed as planned whatever becomes of the files. */
export interface PlanInputs {
  readonly manifest: string;
  /** By its name each preset that the manifest extends. */
  readonly presets: Readonly<Record<string, string>>;
  /** By the names that the manifest gives the files. */
  readonly sql: Readonly<Record<string, string>>;
}

/** A manifest and its SQL, as they were read. */
export interface RunBasis {
  readonly pipeline: Pipeline;
  readonly sqlTexts: ReadonlyMap<string, string>;
}

/** What has changed of how the processors of a plan are run and judged: a sentence for each of them, none where nothing has. */
export function changesOf({ jobs, manifest }: Plan, planned: RunBasis, now: RunBasis): readonly string[] {
  const changes: string[] = [];
  if (!same(planned.pipeline.warehouse, now.pipeline.warehouse)) changes.push(`The warehouse of ${manifest} is another one.`);
  for (const { processor } of jobs) {
    const before = partsOf(planned, processor);
    const after = partsOf(now, processor);
    if (before === undefined || after === undefined) {
      if (before !== after) changes.push(`${processor} is not in the manifest any more.`);
      continue;
    }
    const parts = Object.keys(before).filter((part) => !same(before[part], after[part]));
    if (parts.length > 0) changes.push(`${processor}: its ${namesText(parts)} changed.`);
  }
  return changes;
}

/**
 * The jobs of a plan as a manifest describes them now: by a method of the same kind where there is one.
 * @returns undefined where a processor is gone, or has no way to be run.
 */
export function jobsAsTheyAreNow(plan: Plan, now: RunBasis, digest: JobContext['digest']): readonly PlannedJob[] | undefined {
  const context = { sqlText: (file: string) => now.sqlTexts.get(file), digest };
  const jobs = plan.jobs.map((job): PlannedJob | undefined => {
    const processor = now.pipeline.processors.find(({ id }) => id === job.processor);
    // What is deleted was shown, and nothing else may be.
    if (job.method === 'clean') return isRunAsPlanned(job, plan, now, digest) ? job : undefined;
    const methods = processor?.run ?? [];
    const method = methods.find((one) => kindOf(one) === job.method) ?? methods[0];
    if (method === undefined) return undefined;
    const { maxDates: _, timeoutPerDateMs: __, ...kept } = job;
    const most = method.kind === 'command' ? (method.slots ?? job.slots) : job.slots;
    return { ...kept, ...executionOf(method, plan.request, context), slots: Math.max(1, Math.min(job.slots, most)) };
  });
  const known = jobs.flatMap((job) => job ?? []);
  return known.length === jobs.length ? known : undefined;
}

/** Whether a processor can still be run by exactly what a job says. */
export function isRunAsPlanned(job: PlannedJob, plan: Plan, now: RunBasis, digest: JobContext['digest']): boolean {
  const context = { sqlText: (file: string) => now.sqlTexts.get(file), digest };
  const processor = now.pipeline.processors.find(({ id }) => id === job.processor);
  if (job.method === 'clean') return processor !== undefined && cleanHash(processor, digest) === job.hash;
  const methods = processor?.run ?? [];
  return methods.some((method) => {
    const { hash, command } = executionOf(method, plan.request, context);
    return hash === job.hash && same(command, job.command);
  });
}

function kindOf(method: RunMethod): PlannedJob['method'] {
  return method.kind === 'sql' ? 'sql' : method.each;
}

function partsOf({ pipeline, sqlTexts }: RunBasis, id: string): Readonly<Record<string, unknown>> | undefined {
  const found = pipeline.processors.find((one) => one.id === id);
  if (found === undefined) return undefined;
  const { run, env, needs, expect, checks, key, entity, tables, where, dateColumn, calendar, bootstrapDays } = found;
  return {
    command: run.filter(({ kind }) => kind === 'command'),
    SQL: run.map((method) => (method.kind === 'sql' ? [method.file, sqlTexts.get(method.file)] : [])),
    environment: env,
    needs: needs.map((need) => namedNeed(pipeline, need)),
    expectation: [{ ...expect, ratioOf: ratioOf(pipeline, found) }, checks, key, entity],
    table: [tables, dateColumn],
    'share of it': where,
    calendar: [pipeline.calendars[calendar], bootstrapDays, pipeline.seasons, pipeline.exclusions],
  };
}

function ratioOf({ nodes }: Pipeline, { expect: { ratioOf: ratio } }: Processor) {
  return ratio === undefined ? undefined : { node: nodes[ratio.node]?.id, atLeast: ratio.atLeast };
}

/** By ids: a processor that is added elsewhere changes the numbers of all others. */
function namedNeed({ nodes }: Pipeline, need: Need): unknown {
  if (need.kind === 'single') return { ...need, node: nodes[need.node]?.id };
  return { ...need, alternatives: need.alternatives.map((one) => ({ ...one, node: nodes[one.node]?.id })) };
}

function same(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

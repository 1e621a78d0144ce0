import type { Day } from '../../base/day';
import type { PlannedJob, PlanRequest } from '../backfill/backfill';
import { UNKNOWABLE } from '../coverage/calendar';
import { needsItself } from '../coverage/dependencies';
import type { Tables } from '../coverage/tables';
import type { Pipeline, Processor, RunMethod, WarehouseConfig } from '../pipeline';
import { chooseMethod } from './runMethod';

export interface JobContext {
  readonly request: PlanRequest;
  readonly sqlText: (file: string) => string | undefined;
  readonly digest: (text: string) => string;
}

/** How a processor's dates are executed. @param days those that run, in the order of the plan; at least one. */
export function planJob(context: JobContext, t: Tables, processor: Processor, days: readonly Day[]): PlannedJob {
  const { request } = context;
  const method = chooseMethod(processor.run, days, (day) => isExpected(t, processor, day), request.overrides);
  const table = t.nodes[processor.index];
  const { warehouse } = t.input.pipeline;
  const shared = method?.kind === 'sql' ? laneOf(t.input.pipeline, processor) : undefined;
  const sequential = [
    ...(table !== undefined && needsItself(table) ? [`${processor.id} needs its own earlier dates`] : []),
    ...(oneWriterReason(warehouse) ?? []),
    ...(shared === undefined ? [] : [`BigQuery takes one change of ${processor.tables[0]} at a time`]),
  ].join('; ');
  const lane = warehouse.type === 'duckdb' ? warehouse.path : shared;
  const limit = method?.kind === 'command' ? (method.slots ?? request.slots) : request.slots;
  return {
    processor: processor.id,
    ...executionOf(method, request, context),
    slots: sequential === '' ? Math.max(1, Math.min(limit, request.slots)) : 1,
    ...(sequential !== '' && { sequential }),
    ...(lane !== undefined && { lane }),
  };
}

/** The jobs of a plan, each with the others whose dates it waits for. */
export function inOrder({ processors, nodes }: Pipeline, jobs: readonly PlannedJob[]): PlannedJob[] {
  const planned = new Set(jobs.map(({ processor }) => processor));
  return jobs.map((job) => {
    const processor = processors.find(({ id }) => id === job.processor);
    const needs = (processor?.needs ?? []).flatMap((need) => (need.kind === 'anyOf' ? need.alternatives : [need]));
    const ratio = processor?.expect.ratioOf;
    const ids = [...needs, ...(ratio === undefined ? [] : [ratio])].flatMap(({ node }) => nodes[node]?.id ?? []);
    const after = [...new Set(ids)].filter((id) => id !== job.processor && planned.has(id));
    return after.length === 0 ? job : { ...job, after };
  });
}

/** What a method executes, and the hash by which a later change of it is noticed. */
export function executionOf(
  method: RunMethod | undefined,
  { overrides }: Pick<PlanRequest, 'overrides'>,
  { sqlText, digest }: Pick<JobContext, 'sqlText' | 'digest'>,
): Pick<PlannedJob, 'method' | 'command' | 'hash' | 'maxDates' | 'timeoutPerDateMs' | 'silenceMs'> {
  if (method === undefined) return { method: 'sql', command: [], hash: '' };
  if (method.kind === 'sql') return { method: 'sql', command: [method.file], hash: digest(sqlText(method.file) ?? '') };
  const extra = Object.entries(method.overrides).flatMap(([name, words]) => (overrides.includes(name) ? words : []));
  const command = [...method.argv, ...extra];
  return {
    method: method.each,
    command,
    hash: digest(JSON.stringify(command)),
    ...(method.maxDates !== undefined && method.each !== 'date' && { maxDates: method.maxDates }),
    ...(method.timeoutPerDateMs !== undefined && { timeoutPerDateMs: method.timeoutPerDateMs }),
    ...(method.silenceMs !== undefined && { silenceMs: method.silenceMs }),
  };
}

/** Whether a range that passes over a date would run it, too. */
export function isExpected(t: Tables, processor: Processor, day: Day): boolean {
  return (t.nodes[processor.index]?.off[day - t.timeline.firstDay] ?? 0) >= UNKNOWABLE;
}

/** Why nothing runs beside anything else. */
export function oneWriterReason(warehouse: WarehouseConfig): readonly string[] | undefined {
  return warehouse.type === 'duckdb' ? ['a DuckDB file has one writer at a time'] : undefined;
}

/**
 * The table that SQL changes in place, of which BigQuery refuses changes that overlap: one that several processors fill, or only a share
 * of whose rows is the processor's. A partition that is replaced as a whole gets in nobody's way.
 */
function laneOf({ warehouse, processors }: Pipeline, processor: Processor): string | undefined {
  if (warehouse.type !== 'bigquery') return undefined;
  const pathOf = ({ tables: [table = ''] }: Processor): string =>
    (table.split('.').length > 2 ? table : `${warehouse.project}.${table}`).toLowerCase();
  const path = pathOf(processor);
  const isShared = processors.some((one) => one !== processor && one.run[0]?.kind === 'sql' && pathOf(one) === path);
  return processor.where !== undefined || isShared ? path : undefined;
}

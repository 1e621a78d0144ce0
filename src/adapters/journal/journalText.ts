import * as v from 'valibot';
import { formatDay, parseDay } from '../../base/day';
import { selectionText } from '../../base/selection/parts';
import { MODES, STATUSES } from '../../base/status';
import {
  type BackfillEvent,
  CHOICES,
  PAUSE_CAUSES,
  type Plan,
  type PlanRequest,
  REPEAT_POLICIES,
  REQUEST_KINDS,
} from '../../core/backfill/backfill';
import type { AttemptInput } from '../../core/coverage/coverage';
import type { PlanInputs } from '../../core/plan/planInputs';

const date = v.pipe(
  v.string(),
  v.check((text) => parseDay(text) !== undefined),
);
const instant = v.pipe(
  v.string(),
  v.check((text) => !Number.isNaN(Date.parse(text))),
);
const seconds = v.pipe(v.number(), v.minValue(0));
const partition = { processor: v.string(), date };
const text = v.exactOptional(v.string());

const input = v.pipe(
  v.object({ node: v.string(), date, fingerprint: v.string(), unmet: v.boolean() }),
  v.transform(({ node, date, fingerprint, unmet }): AttemptInput => ({ node, day: parseDay(date) ?? 0, fingerprint, unmet })),
);

export const ownerSchema = v.object({
  host: v.string(),
  boot: v.string(),
  pidNamespace: v.string(),
  pid: v.pipe(v.number(), v.integer(), v.minValue(1)),
  startTime: v.string(),
});

const remoteJob = { project: v.string(), location: text, job: v.string() };

export const claimSchema = v.object({ backfill: v.string(), job: v.exactOptional(v.object(remoteJob)) });

const line = { seq: v.pipe(v.number(), v.integer(), v.minValue(1)), at: instant };

const eventSchema: v.GenericSchema<unknown, BackfillEvent> = v.variant('type', [
  v.object({
    ...line,
    type: v.literal('started'),
    owner: ownerSchema,
    by: v.exactOptional(v.picklist(['asPlanned', 'asItIsNow'])),
    changed: v.exactOptional(v.array(v.string())),
  }),
  v.object({
    ...line,
    type: v.literal('attemptStarted'),
    attempt: v.string(),
    ...partition,
    before: v.string(),
    rowsBefore: v.number(),
    content: text,
    inputs: v.array(input),
    log: v.string(),
    pid: v.exactOptional(v.number()),
  }),
  v.object({ ...line, type: v.literal('remoteJob'), attempt: v.string(), ...partition, ...remoteJob }),
  v.object({
    ...line,
    type: v.literal('attemptEnded'),
    attempt: v.string(),
    ...partition,
    outcome: v.picklist(['done', 'partial', 'wroteNothing', 'succeededButEmpty', 'failed', 'interrupted', 'torn', 'cleaned']),
    after: text,
    rowsAfter: v.exactOptional(v.number()),
    seconds: v.exactOptional(seconds),
    stages: v.exactOptional(v.record(v.string(), seconds)),
    category: text,
    message: text,
    signature: text,
    alarm: v.exactOptional(v.boolean()),
    longestSilence: v.exactOptional(seconds),
  }),
  v.object({ ...line, type: v.literal('notAttempted'), attempt: v.string(), ...partition, why: v.string() }),
  v.object({ ...line, type: v.literal('skipped'), ...partition, why: v.string() }),
  v.object({ ...line, type: v.literal('waitsAgain'), ...partition, why: v.string() }),
  v.object({ ...line, type: v.literal('emptied'), ...partition, message: v.string() }),
  v.object({ ...line, type: v.literal('note'), message: v.string() }),
  v.object({ ...line, type: v.literal('paused'), cause: v.picklist(PAUSE_CAUSES), message: v.string() }),
  v.object({ ...line, type: v.literal('continued'), by: v.string() }),
  v.object({ ...line, type: v.literal('silent'), attempt: v.string(), ...partition, seconds, basis: v.string() }),
  v.object({ ...line, type: v.literal('heard'), attempt: v.string(), ...partition }),
  v.object({ ...line, type: v.literal('cancelRequested'), by: v.string() }),
  v.object({
    ...line,
    type: v.literal('requested'),
    request: v.string(),
    kind: v.picklist(REQUEST_KINDS),
    by: v.string(),
    answer: v.string(),
  }),
  v.object({ ...line, type: v.literal('ended'), result: v.picklist(['done', 'failed', 'cancelled']) }),
]);

const planSchema: v.GenericSchema<unknown, Plan> = v.object({
  version: v.literal(1),
  id: v.string(),
  pipeline: v.string(),
  manifest: v.string(),
  createdAt: instant,
  mode: v.picklist(MODES),
  request: v.pipe(
    v.object({
      select: text,
      // Before there was a text to select with.
      processors: v.exactOptional(v.array(v.string())),
      dates: v.exactOptional(v.array(v.string())),
      from: text,
      to: text,
      choices: v.exactOptional(v.array(v.picklist(CHOICES))),
      withUpstream: v.boolean(),
      withDownstream: v.boolean(),
      order: v.picklist(['oldest', 'newest']),
      slots: v.number(),
      policy: v.picklist(['continue', 'stop', 'failFast']),
      overrides: v.array(v.string()),
      reason: text,
      onRepeat: v.exactOptional(v.picklist(REPEAT_POLICIES)),
      author: text,
    }),
    v.transform(
      ({ select, processors, dates, from, to, choices, ...how }): PlanRequest => ({
        select:
          select ??
          selectionText({
            ...(processors !== undefined && { processors }),
            ...(dates !== undefined && { dates }),
            ...(from !== undefined && { from }),
            ...(to !== undefined && { to }),
            ...(choices !== undefined && { choices }),
          }),
        ...how,
      }),
    ),
  ),
  jobs: v.array(
    v.object({
      processor: v.string(),
      method: v.picklist(['sql', 'date', 'range', 'list', 'clean']),
      command: v.array(v.string()),
      slots: v.number(),
      maxDates: v.exactOptional(v.number()),
      timeoutPerDateMs: v.exactOptional(v.number()),
      silenceMs: v.exactOptional(v.number()),
      sequential: text,
      lane: text,
      after: v.exactOptional(v.array(v.string())),
      hash: v.string(),
    }),
  ),
  partitions: v.array(
    v.object({
      ...partition,
      action: v.picklist(['run', 'skip']),
      status: v.picklist(STATUSES),
      why: v.string(),
      preflight: v.picklist(['allowed', 'overrideNeeded', 'never']),
      override: text,
      shown: v.exactOptional(v.object({ rows: v.array(v.number()), fingerprint: v.string(), content: text })),
    }),
  ),
  estimate: v.exactOptional(
    v.object({
      p50: seconds,
      p90: seconds,
      basis: v.string(),
      dates: v.exactOptional(v.array(v.object({ processor: v.string(), p50: seconds, p90: seconds, of: v.number() }))),
    }),
  ),
  bytes: v.exactOptional(
    v.object({
      atMost: v.exactOptional(v.number()),
      basis: text,
      unknown: v.array(v.object({ processor: v.string(), why: v.string() })),
    }),
  ),
  overrides: v.exactOptional(
    v.array(v.object({ name: v.string(), does: v.string(), processors: v.array(v.string()), chosen: v.boolean() })),
  ),
  warnings: v.array(v.string()),
});

/** An event as a line of `events.ndjson`, without the end of the line. */
export function eventToText(event: BackfillEvent): string {
  if (event.type !== 'attemptStarted') return JSON.stringify(event);
  const inputs = event.inputs.map(({ node, day, fingerprint, unmet }) => ({ node, date: formatDay(day), fingerprint, unmet }));
  return JSON.stringify({ ...event, inputs });
}

/** Reads one line. A string is what is wrong with it, for people. */
export function readEvent(textOfLine: string): BackfillEvent | string {
  return readJson(eventSchema, textOfLine);
}

export function planToText(plan: Plan): string {
  return `${JSON.stringify(plan, undefined, 1)}\n`;
}

/** Reads `plan.json`. A string is what is wrong with it, for people. */
export function readPlan(textOfFile: string): Plan | string {
  return readJson(planSchema, textOfFile);
}

const texts = v.record(v.string(), v.string());
const inputsSchema: v.GenericSchema<unknown, PlanInputs> = v.object({ manifest: v.string(), presets: texts, sql: texts });

/** `inputs.json`. */
export function inputsToText(inputs: PlanInputs): string {
  return `${JSON.stringify({ version: 1, ...inputs }, undefined, 1)}\n`;
}

/** Reads `inputs.json`. A string is what is wrong with it, for people. */
export function readInputs(textOfFile: string): PlanInputs | string {
  return readJson(inputsSchema, textOfFile);
}

/** Reads JSON of a known shape. A string is what is wrong with it. */
export function readJson<T extends object>(schema: v.GenericSchema<unknown, T>, textOfFile: string): T | string {
  let value: unknown;
  try {
    value = JSON.parse(textOfFile);
  } catch {
    return 'it is no complete JSON';
  }
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const issue = result.issues[0];
  return `${v.getDotPath(issue) ?? 'it'}: ${issue.message}`;
}

import { randomInt } from 'node:crypto';
import { parseDay } from '../../base/day';
import type { Plan, PlanBytes, PlanRequest } from '../../core/backfill/backfill';
import { classify } from '../../core/coverage/classify';
import type { CoverageGrid, CoverageInput } from '../../core/coverage/coverage';
import { expiryOf } from '../../core/observation/partitionExpiry';
import { estimateOf, type RunTimes } from '../../core/plan/estimate';
import { makePlan, type RefusalOf } from '../../core/plan/planner';
import { limitText } from '../../core/plan/preflight';
import { partitionKey } from '../../core/words';
import { type Journal, JournalError } from '../journal';
import type { Warehouse } from '../ports';
import { inputsOf } from './planBasis';
import { costOf } from './planCost';
import { digest, readSqlTexts } from './sqlTexts';

export interface PlanFiles {
  /** Absolute path of the manifest; SQL files are relative to its folder. */
  readonly manifest: string;
  /** Rejects when the file cannot be read. */
  readonly readText: (path: string) => Promise<string>;
  /** How long runs took that the pipeline noted itself; undefined where it noted none, or they cannot be read. Never rejects. */
  readonly runTimes?: () => Promise<RunTimes | undefined>;
  /** For what its metadata and its estimates tell; absent where a plan has to do without. May throw a WarehouseError. */
  readonly warehouse?: () => Pick<Warehouse, 'schema' | 'replacementCost'>;
}

/**
 * Makes a plan from the coverage as it was last read. Nothing is written. What cannot be read now is taken as never read, whatever answer it
 * gave before: an executor would find no more.
 */
export async function preparePlan(
  known: { readonly input: CoverageInput; readonly grid: CoverageGrid },
  request: PlanRequest,
  files: PlanFiles,
): Promise<Plan> {
  const { input, grid } = asReadable(known);
  const texts = await readSqlTexts(input.pipeline, files);
  const expiry = await readExpiry(input, files);
  const sqlText = (file: string) => texts.get(file);
  const context = { input, grid, request, manifest: files.manifest, salt: newSalt(), sqlText, digest };
  const made = makePlan({ ...context, refusal: expiry });
  const bytes = await readCost(made, input.pipeline, files, texts);
  const plan =
    bytes === undefined ? made : withBytes(made, bytes, (refusal) => makePlan({ ...context, refusal: either(expiry, refusal) }));
  // The run history costs a query: only a plan of which the journal says too little is worth it.
  if (files.runTimes === undefined || plan.jobs.every(({ processor }) => isTimed(input, processor))) return plan;
  const estimate = estimateOf(plan.jobs, plan.partitions, {
    attempts: input.attempts,
    slots: request.slots,
    noted: await files.runTimes(),
  });
  return estimate === undefined ? plan : { ...plan, estimate };
}

/**
 * A plan with its bytes. What is dearer than a query may be, as far as any of its dates was estimated, never runs, nor what waits for it; where
 * only some dates are, that is a warning.
 */
function withBytes(made: Plan, { overLimit = [], ...bytes }: PlanBytes, makeAgain: (refusal: RefusalOf) => Plan): Plan {
  const refused = new Map(overLimit.filter(({ least, limit }) => least > limit).map((one) => [one.processor, one]));
  const plan =
    refused.size === 0
      ? made
      : makeAgain(({ id }) => {
          const over = refused.get(id);
          return over === undefined ? undefined : limitText(over);
        });
  const dear = overLimit.filter(({ processor }) => !refused.has(processor));
  return {
    ...plan,
    ...(plan.jobs.length > 0 && { bytes: { ...bytes, ...(overLimit.length > 0 && { overLimit }) } }),
    warnings: [...dear.map((over) => `Some dates of ${over.processor} cannot run: ${limitText(over)}.`), ...plan.warnings],
  };
}

function either(...refusals: readonly (RefusalOf | undefined)[]): RefusalOf {
  return (processor, day) => {
    for (const refusal of refusals) {
      const why = refusal?.(processor, day);
      if (why !== undefined) return why;
    }
    return undefined;
  };
}

/** Only BigQuery deletes partitions by itself. What cannot be read is told when it is written. */
async function readExpiry({ pipeline, now }: CoverageInput, { warehouse }: PlanFiles): Promise<RefusalOf | undefined> {
  if (pipeline.warehouse.type !== 'bigquery' || warehouse === undefined) return undefined;
  try {
    return expiryOf(await warehouse().schema(pipeline), pipeline, now);
  } catch {
    return undefined;
  }
}

async function readCost(
  plan: Plan,
  pipeline: CoverageInput['pipeline'],
  { warehouse }: PlanFiles,
  texts: ReadonlyMap<string, string>,
): Promise<PlanBytes | undefined> {
  if (pipeline.warehouse.type !== 'bigquery' || warehouse === undefined) return undefined;
  try {
    return await costOf(plan, pipeline, warehouse(), texts);
  } catch {
    return undefined;
  }
}

/** The journal knows how long the processor takes. */
function isTimed({ attempts, pipeline }: CoverageInput, processor: string): boolean {
  if (pipeline.history === undefined) return true;
  const done = [...attempts.last].filter(([key, { outcome }]) => key.startsWith(`${processor} `) && outcome === 'done');
  return done.some(([, { seconds }]) => seconds !== undefined);
}

function asReadable(known: { readonly input: CoverageInput; readonly grid: CoverageGrid }): typeof known {
  const { nodes, calendars, unavailableNodes, unavailableCalendars } = known.input.observations;
  const readable = <T>(answers: ReadonlyMap<string, T>, unavailable: ReadonlyMap<string, unknown>) =>
    new Map([...answers].filter(([name]) => !unavailable.has(name)));
  const observations = {
    ...known.input.observations,
    nodes: readable(nodes, unavailableNodes),
    calendars: readable(calendars, unavailableCalendars),
  };
  if (observations.nodes.size === nodes.size && observations.calendars.size === calendars.size) return known;
  const input = { ...known.input, observations };
  return { input, grid: classify(input) };
}

/**
 * Writes a plan with the texts that it rests on, so that an executor can be started for it. Rejects with a JournalError: of kind `held` when
 * another backfill has come to hold a partition of it since it was made, of kind `changed` when the manifest has changed.
 */
export async function launchPlan(
  plan: Plan,
  journal: Pick<Journal, 'create' | 'ledger'>,
  readText: PlanFiles['readText'],
): Promise<void> {
  const { active } = await journal.ledger();
  const held = plan.partitions.flatMap(({ processor, date, action }) => {
    const day = parseDay(date);
    const other = action === 'run' && day !== undefined ? active.get(partitionKey(processor, day)) : undefined;
    return other === undefined ? [] : [{ key: `${processor} ${date}`, backfill: other.backfill }];
  });
  const first = held[0];
  if (first !== undefined) {
    const more = held.length === 1 ? '' : ` and ${held.length - 1} more`;
    throw new JournalError(
      'held',
      `Backfill ${first.backfill} has ${first.key}${more}: wait for it or cancel it, then plan again.`,
    );
  }
  await journal.create(plan, await inputsOf(plan, readText));
}

/** A few letters or digits that keep plans of one second apart. */
export function newSalt(): string {
  return Array.from({ length: 4 }, () => SALT.charAt(randomInt(SALT.length))).join('');
}

const SALT = 'abcdefghijkmnpqrstuvwxyz23456789';

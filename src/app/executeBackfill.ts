import { dirname, join } from 'node:path';
import { messageOf } from '../base/logger';
import type { Plan, RemoteJob } from '../core/backfill';
import { readManifest } from '../core/manifest/readManifest';
import { readWaivers } from '../core/manifest/readWaivers';
import type { Pipeline, WarehouseConfig } from '../core/pipeline';
import { executionOf } from '../core/planJobs';
import type { ChildRunner } from './children';
import { Execution, type ExecutionResult } from './execution';
import { type BackfillRecord, type Claim, type Journal, JournalError } from './journal';
import { LiveCoverage } from './liveCoverage';
import type { Clock, PartitionWriter, Warehouse } from './ports';
import { digest, readSqlTexts } from './preparePlan';
import { type LogSource, profileOf, readLog } from './readLog';
import { Rivals } from './rivals';

export interface ExecutionDeps {
  readonly journal: Journal;
  readonly children: ChildRunner;
  readonly clock: Clock;
  /** Rejects when the file cannot be read. */
  readonly readText: (path: string) => Promise<string>;
  readonly readLogText: LogSource;
  /** Appends to a file, whose folder is made where it is missing. */
  readonly appendText: (path: string, text: string) => Promise<void>;
  /** @param folder what a relative path in the config is relative to. May throw a WarehouseError. */
  readonly openWarehouse: (config: WarehouseConfig, folder: string) => Warehouse;
  /** Asked for only when the plan has SQL to execute. May throw a WarehouseError. */
  readonly openWriter: (config: WarehouseConfig, folder: string) => PartitionWriter;
}

/**
 * Executes a plan to its end, in this process, and writes all that happens to the journal; this is what an executor is. Failures of
 * partitions and of the warehouse end in the journal; it rejects only when the backfill cannot be had (a JournalError) or the journal not
 * be written.
 * @param signal aborting cancels the backfill; it ends when everything that runs has ended.
 */
export async function executeBackfill(id: string, deps: ExecutionDeps, signal: AbortSignal): Promise<ExecutionResult> {
  const claim = await claimFresh(id, deps.journal);
  try {
    const record = await deps.journal.read(id);
    if (record === undefined) throw new JournalError('unknownBackfill', `The plan of ${id} cannot be read.`);
    if (record.events.length > 0) throw interrupted(id);
    await deps.journal.append(id, { type: 'started', owner: claim.owner });
    return await executeClaimed(record, deps, claim, signal);
  } finally {
    await claim.release();
  }
}

async function claimFresh(id: string, journal: Journal): Promise<Claim> {
  const record = await journal.read(id);
  if (record === undefined)
    throw new JournalError('unknownBackfill', `There is no backfill ${id}: \`backfill runs\` lists them.`);
  if (record.events.length > 0 && !(await journal.ownerAlive(id))) throw interrupted(id);
  const claim = await journal.claim(id);
  if (claim === undefined) throw new JournalError('held', `Another process executes ${id}: \`backfill attach ${id}\` shows it.`);
  return claim;
}

function interrupted(id: string): JournalError {
  return new JournalError('held', `${id} was executed before: make a new plan for what is left of it.`);
}

async function executeClaimed(
  { plan }: BackfillRecord,
  deps: ExecutionDeps,
  claim: Claim,
  signal: AbortSignal,
): Promise<ExecutionResult> {
  let result: ExecutionResult;
  let writer: PartitionWriter | undefined;
  try {
    const { pipeline, sqlTexts } = await readAsPlanned(plan, deps);
    const folder = dirname(plan.manifest);
    const warehouse = deps.openWarehouse(pipeline.warehouse, folder);
    if (plan.jobs.some(({ method }) => method === 'sql')) writer = deps.openWriter(pipeline.warehouse, folder);
    const { waivers } = readWaivers(await deps.readText(join(folder, '.backfill', 'waivers.yaml')).catch(() => ''));
    const ledger = await deps.journal.ledger();
    const others = new Map([...ledger.active].filter(([, { backfill }]) => backfill !== plan.id));
    const rivals = new Rivals(plan, deps.journal, ledger);
    const live = new LiveCoverage({
      pipeline,
      mode: plan.mode,
      waivers,
      attempts: { last: ledger.last, active: others },
      clock: deps.clock,
    });
    // A backfill that submits nothing itself may still find the claims of one that did.
    const isRunning = async (job: RemoteJob) => {
      writer ??= deps.openWriter(pipeline.warehouse, folder);
      return (await writer.isRunning?.(job)) ?? false;
    };
    result = await new Execution({
      ...deps,
      warehouse,
      writer,
      plan,
      pipeline,
      readLog: (processor, path) => readLog(deps.readLogText, path, profileOf(pipeline, processor.id)),
      folder,
      sqlTexts,
      others,
      live,
      claim,
      rivals,
      isRunning,
    }).run(signal);
  } catch (thrown) {
    if (thrown instanceof JournalError) throw thrown;
    await deps.journal.append(plan.id, { type: 'note', message: messageOf(thrown) });
    result = 'failed';
  } finally {
    await writer?.release();
  }
  await deps.journal.append(plan.id, { type: 'ended', result });
  return result;
}

/** The manifest and its SQL, as long as they still say what the plan was made from. Throws otherwise, for people. */
async function readAsPlanned(
  plan: Plan,
  deps: ExecutionDeps,
): Promise<{ readonly pipeline: Pipeline; readonly sqlTexts: ReadonlyMap<string, string> }> {
  const { pipeline, problems } = readManifest(await deps.readText(plan.manifest));
  if (pipeline === undefined) {
    const first = problems.find(({ severity }) => severity === 'error')?.message ?? '';
    throw new Error(`${plan.manifest} cannot be read any more: ${first} Mend it and make a new plan.`);
  }
  const sqlTexts = await readSqlTexts(pipeline, { manifest: plan.manifest, readText: deps.readText });
  const context = { sqlText: (file: string) => sqlTexts.get(file), digest };
  const changed = plan.jobs.filter((job) => {
    const run = pipeline.processors.find(({ id }) => id === job.processor)?.run ?? [];
    return !run.some((method) => executionOf(method, plan.request, context).hash === job.hash);
  });
  if (changed.length > 0) {
    const names = changed.map(({ processor }) => processor).join(', ');
    throw new Error(`How ${names} is run has changed since the plan was made: make a new plan.`);
  }
  return { pipeline, sqlTexts };
}

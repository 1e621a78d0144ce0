import { dirname, join } from 'node:path';
import { messageOf } from '../../base/logger';
import { answeredRequests, type ManifestChoice, type RemoteJob } from '../../core/backfill/backfill';
import { readWaivers } from '../../core/manifest/readWaivers';
import type { Processor, WarehouseConfig } from '../../core/pipeline';
import { type BackfillRecord, type Claim, type Journal, JournalError } from '../journal';
import { type LogSource, profileOf, readLog } from '../logs/readLog';
import { type ChosenBasis, chooseBasis, readPlanBasis } from '../planning/planBasis';
import type { Clock, PartitionWriter, Warehouse } from '../ports';
import type { ChildRunner, LeftJobs } from './children';
import { Execution, type ExecutionParts, type ExecutionResult } from './execution';
import { PatientAppends, withAppends } from './fullDisk';
import { LiveCoverage } from './liveCoverage';
import { Patience, type PatienceOptions } from './patience';
import { Pauses } from './pauses';
import { Rivals } from './rivals';
import { TakeOver } from './takeOver';

export interface ExecutionDeps {
  readonly journal: Journal;
  readonly children: ChildRunner;
  readonly leftJobs: LeftJobs;
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
  /** How long to wait for surroundings that fail: how soon to look again at first, and when to give up; absent: for ever. */
  readonly patience?: Pick<PatienceOptions, 'firstOutageMs' | 'giveUpMs'>;
}

const UNATTENDED_MS = 15 * 60_000;
/** What a pause is for, beside those of the warehouse. */
const FULL_DISK = 'disk';

/** What a session of a backfill is to do. Nothing set: execute a plan that nobody has executed before. */
export interface SessionRequest {
  /** Goes on with a backfill that was interrupted. */
  readonly resume?: boolean;
  /** Runs again what failed, and what was done and is empty now. */
  readonly retryFailed?: boolean;
  /** Nobody watches it, as in CI: it does not wait for an answer, and not for ever for its surroundings. */
  readonly unattended?: boolean;
  /** What to go by where the manifest has changed; without it such a backfill is refused. */
  readonly manifest?: ManifestChoice;
  /** Brings an interrupted backfill to its end instead: who asked for it. */
  readonly cancelBy?: string;
}

/**
 * Executes a plan to its end, in this process, and writes all that happens to the journal; this is what an executor is. Failures of
 * partitions and of the warehouse end in the journal; it rejects only when the backfill cannot be had (a JournalError) or the journal not
 * be written.
 * @param signal aborting cancels the backfill; it ends when everything that runs has ended.
 */
export async function executeBackfill(
  id: string,
  given: ExecutionDeps,
  signal: AbortSignal,
  request: SessionRequest = {},
): Promise<ExecutionResult> {
  const claim = await claimFor(id, given.journal, request);
  const ends = new AbortController();
  const pauses = new Pauses((event) => appends.append(id, event));
  const appends = new PatientAppends(given.journal, {
    signal: AbortSignal.any([signal, ends.signal]),
    onFull: ({ message }) => {
      const text = `${message} What happens is kept until there is space: make some, and the backfill goes on by itself.`;
      pauses.begin('environment', text, FULL_DISK).catch(() => undefined);
    },
    onSpace: () => {
      pauses.end([FULL_DISK], 'there is space for the journal again').catch(() => undefined);
    },
    ...given.patience,
  });
  const deps = { ...given, journal: withAppends(given.journal, appends), ends, pauses };
  try {
    const record = await deps.journal.read(id);
    if (record === undefined) throw new JournalError('unknownBackfill', `The plan of ${id} cannot be read.`);
    refuseUnasked(record, request);
    const basis = await readPlanBasis(record.plan, deps.journal, deps.readText);
    // Who only brings it to an end runs nothing.
    const choice = request.manifest ?? (request.cancelBy === undefined || basis.planned === undefined ? undefined : 'asPlanned');
    const chosen = chooseBasis(record.plan, basis, choice);
    const { changes } = basis;
    await deps.journal.append(id, {
      type: 'started',
      owner: claim.owner,
      ...(changes.length > 0 && choice !== undefined && { by: choice, changed: changes }),
    });
    return await executeClaimed({ ...record, ...chosen }, deps, claim, request, signal);
  } finally {
    await claim.release();
  }
}

async function claimFor(id: string, journal: Journal, request: SessionRequest): Promise<Claim> {
  const record = await journal.read(id);
  if (record === undefined)
    throw new JournalError('unknownBackfill', `There is no backfill ${id}: \`backfill runs\` lists them.`);
  if (!record.ownerAlive) refuseUnasked(record, request);
  const claim = await journal.claim(id);
  if (claim === undefined) throw new JournalError('held', `Another process executes ${id}: \`backfill attach ${id}\` shows it.`);
  return claim;
}

/** Nothing that was begun is begun again, or gone on with, unless that was asked for. */
function refuseUnasked({ plan: { id }, events }: BackfillRecord, { resume = false, cancelBy }: SessionRequest): void {
  if (events.some(({ type }) => type === 'ended'))
    throw new JournalError('held', `${id} has ended: make a new plan for what is left of it.`);
  if (events.length > 0 && !resume && cancelBy === undefined)
    throw new JournalError('held', `${id} was interrupted: \`backfill resume ${id}\` goes on with it.`);
}

async function executeClaimed(
  { plan, events, pipeline, sqlTexts }: BackfillRecord & ChosenBasis,
  deps: ExecutionDeps & { readonly ends: AbortController; readonly pauses: Pauses },
  claim: Claim,
  { retryFailed = false, cancelBy, unattended = false }: SessionRequest,
  signal: AbortSignal,
): Promise<ExecutionResult> {
  let result: ExecutionResult;
  let writer: PartitionWriter | undefined;
  let takeOver: TakeOver | undefined;
  try {
    const folder = dirname(plan.manifest);
    const warehouse = deps.openWarehouse(pipeline.warehouse, folder);
    if (plan.jobs.some(({ method }) => method === 'sql' || method === 'clean'))
      writer = deps.openWriter(pipeline.warehouse, folder);
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
    const { pauses } = deps;
    const patience = new Patience({
      signal: deps.ends.signal,
      note: async (message) => {
        await deps.journal.append(plan.id, { type: 'note', message: `Waiting for the warehouse: ${message}` });
      },
      pauses,
      lockIsOfAll: warehouse.blocksWriters === true,
      ...(unattended && { giveUpMs: UNATTENDED_MS }),
      ...deps.patience,
    });
    // A backfill that submits nothing itself may still find the claims of one that did.
    const openedWriter = () => {
      writer ??= deps.openWriter(pipeline.warehouse, folder);
      return writer;
    };
    const isRunning = (job: RemoteJob) => patience.patiently(async () => (await openedWriter().isRunning?.(job)) ?? false);
    const readLogOf = (processor: Processor, path: string) => readLog(deps.readLogText, path, profileOf(pipeline, processor.id));
    if (events.length > 0) {
      const processors = new Map(pipeline.processors.map((processor) => [processor.id, processor]));
      const parts = { plan, events, warehouse, live, claim, rivals, processors, retryFailed };
      takeOver = new TakeOver({ ...deps, ...parts, readLog: readLogOf, writer: openedWriter });
    }
    result = await new Execution({
      ...deps,
      warehouse,
      writer,
      plan,
      pipeline,
      readLog: readLogOf,
      ...(takeOver !== undefined && { takeOver, earlierTries: takeOver.tries }),
      ...(cancelBy !== undefined && { cancelBy }),
      folder,
      sqlTexts,
      others,
      live,
      claim,
      rivals,
      isRunning,
      patience,
      outages: outagesOf(deps.patience, unattended),
      onRepeat: plan.request.onRepeat ?? (unattended ? 'stop' : 'pause'),
      answered: answeredRequests(events),
    }).run(signal);
  } catch (thrown) {
    if (thrown instanceof JournalError) throw thrown;
    await deps.journal.append(plan.id, { type: 'note', message: messageOf(thrown) });
    result = 'failed';
    // What was in flight is not accounted for: it can be resumed once more.
    if (events.length > 0 && takeOver?.isOver !== true) return result;
  } finally {
    await writer?.release();
  }
  await deps.journal.append(plan.id, { type: 'ended', result });
  return result;
}

function outagesOf({ firstOutageMs, giveUpMs }: Partial<PatienceOptions> = {}, unattended: boolean): ExecutionParts['outages'] {
  const given = giveUpMs ?? (unattended ? UNATTENDED_MS : undefined);
  return { ...(firstOutageMs !== undefined && { firstMs: firstOutageMs }), ...(given !== undefined && { giveUpMs: given }) };
}

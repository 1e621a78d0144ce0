import { LostJobError, type PartitionWriter, type RemoteFate, WarehouseError, type WriteAttempt } from '../../app/ports';
import { type Day, formatDay } from '../../base/day';
import type { RemoteJob } from '../../core/backfill/backfill';
import type { Processor } from '../../core/pipeline';
import { datedSelect, expressionProblem } from '../../core/sql/tokens';
import { guardError, onlyTable, requireColumns } from '../refusals';
import type { BigqueryClient } from './client';
import type { JobRequest } from './jobs';
import { type RemoteJobOptions, RemoteJobs } from './remoteJobs';
import { dateParameter, deleteSql, guardFinding, type Replacement, replacementJob, type Way, wayOf } from './replacementSql';
import type { TableField, TableMetadata } from './tableMetadata';

export interface WriterOptions extends RemoteJobOptions {
  /** Whether a query can write into a single partition (`table$20211101`). Default: not where the manifest names an endpoint: emulators cannot. */
  readonly decorators?: boolean;
}

/** Replaces partitions of BigQuery's tables: each by one job that does all of it or nothing. */
export class BigqueryWriter implements PartitionWriter {
  readonly #client: BigqueryClient;
  readonly #jobs: RemoteJobs;
  readonly #decorators: boolean;
  /** What SELECTs give, by their text: it is the same for all dates. */
  readonly #given = new Map<string, Promise<readonly TableField[]>>();
  /** By table: the last change of it in place. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(client: BigqueryClient, options: WriterOptions = {}) {
    this.#client = client;
    this.#jobs = new RemoteJobs(client, options);
    this.#decorators = options.decorators ?? client.config.endpoint === undefined;
  }

  async replace(processor: Processor, day: Day, select: string, attempt: WriteAttempt): Promise<void> {
    attempt.signal.throwIfAborted();
    const table = onlyTable(processor);
    const look = () => this.#look(processor, day, table, select, attempt.signal);
    const seen = await look();
    if (this.#wayOf(seen) === 'into') return this.#run(seen, attempt);
    await this.#inTurn(seen.path.toLowerCase(), async () => this.#run(await look(), attempt));
  }

  async clean(processor: Processor, day: Day, rows: readonly number[], attempt: WriteAttempt): Promise<void> {
    for (const [index, table] of processor.tables.entries()) {
      attempt.signal.throwIfAborted();
      const { path } = await this.#partition(processor, day, table, attempt.signal);
      await this.#inTurn(path.toLowerCase(), async () => {
        const partition = await this.#partition(processor, day, table, attempt.signal);
        requireSettled(table, partition.target);
        const job = { sql: deleteSql(partition, rows[index] ?? 0), params: {} };
        await this.#submit(partition, { ...job, purpose: 'clean' }, attempt);
      });
    }
  }

  async cleanSql(processor: Processor, day: Day, rows: readonly number[]): Promise<readonly string[]> {
    const statements = processor.tables.map(async (table, index) =>
      deleteSql(await this.#partition(processor, day, table, new AbortController().signal), rows[index] ?? 0),
    );
    return Promise.all(statements);
  }

  /** The most that replacing a partition is billed. Free: nothing is changed. */
  async cost(processor: Processor, day: Day, select: string, signal: AbortSignal): Promise<number> {
    const table = onlyTable(processor);
    const seen = await this.#look(processor, day, table, select, signal);
    const { sql, params } = replacementJob(this.#wayOf(seen), seen);
    return (
      await this.#client.dryRun(sql, { purpose: 'estimate', tables: [table], ...(params !== undefined && { params }), signal })
    ).upperBound;
  }

  isRunning(job: RemoteJob): Promise<boolean> {
    return this.#jobs.isRunning(job);
  }

  fateOf(job: RemoteJob): Promise<RemoteFate> {
    return this.#jobs.fateOf(job);
  }

  endJob(job: RemoteJob): Promise<void> {
    return this.#jobs.end(job);
  }

  /** Nothing of BigQuery is held open. */
  async release(): Promise<void> {}

  #wayOf({ processor, target }: Replacement): Way {
    const way = wayOf(processor, target);
    return way === 'into' && !this.#decorators ? 'merge' : way;
  }

  /** Changes of one table in place, one after the other: BigQuery would end those that overlap. */
  #inTurn<T>(path: string, work: () => Promise<T>): Promise<T> {
    const result = (this.#turns.get(path) ?? Promise.resolve()).then(work);
    this.#turns.set(
      path,
      result.catch(() => undefined),
    );
    return result;
  }

  async #run(replacement: Replacement, attempt: WriteAttempt): Promise<void> {
    requireSettled(replacement.table, replacement.target);
    const way = this.#wayOf(replacement);
    try {
      await this.#submit(replacement, { ...replacementJob(way, replacement), purpose: 'replace' }, attempt);
    } catch (thrown) {
      if (way === 'create' && thrown instanceof WarehouseError && /Already Exists: Table/.test(thrown.message))
        throw new WarehouseError('busy', `${replacement.table} was made by another job at this moment.`);
      throw thrown;
    }
  }

  /** Runs one job on a partition; what one of its guards found is told in words. */
  async #submit(
    { processor, day, table, target }: Pick<Replacement, 'processor' | 'day' | 'table' | 'target'>,
    { purpose, ...job }: Omit<JobRequest, 'jobId' | 'location' | 'labels'> & { readonly purpose: string },
    attempt: WriteAttempt,
  ): Promise<void> {
    // Where the table itself tells, its dataset need not be looked at, which takes a permission of its own.
    const location = target?.location || (await this.#locationOf(table, attempt.signal));
    try {
      await this.#jobs.run({ ...job, location, labels: { purpose, processor: processor.id } }, attempt);
    } catch (thrown) {
      if (!(thrown instanceof WarehouseError)) throw thrown;
      const found = guardFinding(thrown.message);
      if (found !== undefined) throw guardError(processor, day, found);
      throw about(`${processor.id} ${formatDay(day)}`, thrown);
    }
  }

  /** A partition as far as its own table tells of it. */
  async #partition(processor: Processor, day: Day, table: string, signal: AbortSignal) {
    const problem = processor.where === undefined ? undefined : expressionProblem(processor.where, 'googlesql');
    if (problem !== undefined)
      throw new WarehouseError('refused', `${processor.id}: \`where\` is not one SQL expression: ${problem}.`);
    const { project, dataset, table: name } = this.#client.path(table);
    return { processor, day, table, path: `${project}.${dataset}.${name}`, target: await this.#target(table, signal) };
  }

  /** Everything about a partition that has to be known before its job is made; nothing is changed, and nothing billed. */
  async #look(processor: Processor, day: Day, table: string, text: string, signal: AbortSignal): Promise<Replacement> {
    const subject = `${processor.id} ${formatDay(day)}: the SELECT`;
    const read = datedSelect(text, 'googlesql');
    if (read.problem !== undefined) throw new WarehouseError('refused', `${subject} cannot be run: ${read.problem}.`);
    const partition = await this.#partition(processor, day, table, signal);
    const given = await this.#fieldsOf({ table, subject, select: read.sql, usesDate: read.usesDate, day });
    requireColumns(
      processor,
      table,
      given.map(({ name }) => name),
      partition.target?.fields.map(({ name }) => name),
    );
    return { ...partition, select: read.sql, usesDate: read.usesDate, given };
  }

  async #locationOf(table: string, signal: AbortSignal): Promise<string> {
    try {
      return await this.#client.location(table, { signal });
    } catch (thrown) {
      const { location } = this.#client.config;
      if (location !== undefined && thrown instanceof WarehouseError && thrown.kind === 'permission') return location;
      throw thrown;
    }
  }

  async #target(table: string, signal: AbortSignal): Promise<TableMetadata | undefined> {
    try {
      return await this.#client.table(table, { signal });
    } catch (thrown) {
      if (thrown instanceof WarehouseError && thrown.kind === 'missingTable') return undefined;
      throw thrown;
    }
  }

  #fieldsOf(asked: AskedSelect): Promise<readonly TableField[]> {
    const key = JSON.stringify([asked.table, asked.select]);
    const known = this.#given.get(key);
    if (known !== undefined) return known;
    const fields = this.#dryRun(asked);
    this.#given.set(key, fields);
    fields.catch(() => this.#given.delete(key));
    return fields;
  }

  async #dryRun(asked: AskedSelect): Promise<readonly TableField[]> {
    const { table, subject, select } = asked;
    const options = { purpose: 'replace', tables: [table], params: dateParameter(asked) };
    const { statementType = 'SELECT', fields } = await this.#client
      .dryRun(`SELECT * FROM (\n${select}\n)`, options)
      .catch((thrown: unknown) => Promise.reject(thrown instanceof WarehouseError ? about(subject, thrown) : thrown));
    if (statementType !== 'SELECT') throw new WarehouseError('refused', `${subject} must be one SELECT and nothing else.`);
    if (fields.length > 0) return fields;
    throw new WarehouseError('unsupported', `${subject} cannot be checked: this emulator does not tell what a query gives.`);
  }
}

/** Throws while rows that were streamed in are where nothing can change them. */
function requireSettled(table: string, target: TableMetadata | undefined): void {
  if (target?.streamingBuffer === undefined) return;
  throw new WarehouseError(
    'busy',
    `rows that were streamed into ${table} are still in its streaming buffer, where nothing can replace them. They settle by themselves, within 90 minutes after the last one came.`,
  );
}

interface AskedSelect extends Pick<Replacement, 'table' | 'select' | 'usesDate' | 'day'> {
  /** Names it in errors. */
  readonly subject: string;
}

/** Says of which SQL an error speaks. */
function about(subject: string, error: WarehouseError): WarehouseError {
  if (error instanceof LostJobError || !error.isOfOneNode) return error;
  return new WarehouseError(error.kind, `${subject}: ${error.message}`);
}

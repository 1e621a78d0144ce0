import type { Checkpoint } from '../core/checkpoints/checkpointText';
import { readCheckpoint } from '../core/checkpoints/checkpointText';
import type { CheckpointFile, Sightings } from '../core/checkpoints/elsewhere';
import {
  fragmentsOf,
  type JobPlace,
  type JobProcess,
  jobCommands,
  jobProcesses,
  type SystemProcess,
} from '../core/checkpoints/jobProcesses';
import { type OwnCall, ownCalls } from '../core/checkpoints/ownCalls';
import { type SeenWrite, seenWrite } from '../core/checkpoints/pace';
import type { CheckpointName } from '../core/checkpoints/pathTemplate';
import type { Pipeline } from '../core/pipeline';
import type { Journal } from './journal';

/** A file that a job keeps its progress in. */
export interface CheckpointText {
  /** Absolute. */
  readonly path: string;
  readonly name: Partial<CheckpointName>;
  /** Epoch milliseconds by the file system's clock. */
  readonly writtenAt: number;
  /** A string says why it cannot be read. */
  readonly content: { readonly text: string } | string;
}

/** The checkpoints that jobs keep. Nothing is ever written, locked or deleted. */
export interface CheckpointStore {
  /**
   * The files that a path with placeholders stands for, newest first and bounded in number and size; none where there is no folder. What cannot be
   * read is a file with a reason; never rejects.
   */
  read(path: string): Promise<readonly CheckpointText[]>;
  /** Calls the listener after files came, went or changed, where the system tells. Holds nothing after the returned function was called. */
  watch(path: string, changed: () => void): () => void;
}

/** The processes of this machine. */
export interface ProcessTable {
  /** Those whose command line holds one of some texts; undefined where processes cannot be listed. Never rejects. */
  find(fragments: readonly string[]): Promise<readonly SystemProcess[] | undefined>;
}

/** Who of this machine's processes belongs to backfills. */
export interface ProcessOwners {
  /** Pids of living executors and of the leaders of the jobs that they started. */
  ownProcesses(): Promise<readonly number[]>;
}

export interface ElsewhereDeps {
  /** The manifest's, with links followed. */
  readonly folder: string;
  readonly checkpoints: CheckpointStore;
  readonly processes: ProcessTable;
  readonly journal: Pick<Journal, 'list' | 'read'> & ProcessOwners;
}

/** Enough for a median. */
const KEPT_WRITES = 40;

/** Looks for jobs that no backfill started. Remembers what it saw: the last good content of each file, and how fast it grows. */
export class ElsewhereJobs {
  readonly #deps: ElsewhereDeps;
  readonly #known = new Map<
    string,
    { readonly text: string; readonly checkpoint?: Checkpoint; readonly seen: readonly SeenWrite[] }
  >();

  constructor(deps: ElsewhereDeps) {
    this.#deps = deps;
  }

  /** What there is now. Never rejects for what jobs do. */
  async look(pipeline: Pipeline): Promise<Sightings> {
    const { checkpoints, processes } = this.#deps;
    const commands = jobCommands(pipeline);
    const [texts, listed] = await Promise.all([
      pipeline.checkpoints === undefined ? [] : checkpoints.read(pipeline.checkpoints.path),
      commands.length === 0 ? [] : processes.find(fragmentsOf(commands)),
    ]);
    const files = texts.map((text) => this.#fileOf(text));
    for (const path of this.#known.keys()) if (!texts.some((text) => text.path === path)) this.#known.delete(path);
    const place: JobPlace = { folder: this.#deps.folder, shared: pipeline.warehouse.type === 'bigquery' };
    return {
      files,
      processes: await this.#foreign(jobProcesses(commands, listed ?? [], place)),
      processesKnown: listed !== undefined,
      ownCalls: files.length === 0 ? [] : await this.#ownCalls(),
    };
  }

  /** Tells when to look again: where the pipeline keeps checkpoints, and the system notifies of them. */
  watch(pipeline: Pipeline, changed: () => void): () => void {
    return pipeline.checkpoints === undefined ? () => {} : this.#deps.checkpoints.watch(pipeline.checkpoints.path, changed);
  }

  #fileOf({ path, name, writtenAt, content }: CheckpointText): CheckpointFile {
    const known = this.#known.get(path);
    const kept = {
      path,
      name,
      writtenAt,
      seen: known?.seen ?? [],
      ...(known?.checkpoint !== undefined && { checkpoint: known.checkpoint }),
    };
    if (typeof content === 'string') return { ...kept, problem: content };
    const reading =
      known?.text === content.text && known.checkpoint !== undefined ? known.checkpoint : readCheckpoint(content.text, name);
    if (typeof reading === 'string') return { ...kept, problem: reading };
    const last = known?.seen.at(-1);
    const seen = last?.at === writtenAt ? kept.seen : [...kept.seen, seenWrite(reading, writtenAt)].slice(-KEPT_WRITES);
    this.#known.set(path, { text: content.text, checkpoint: reading, seen });
    return { path, name, writtenAt, checkpoint: reading, seen };
  }

  async #foreign(found: readonly JobProcess[]): Promise<readonly JobProcess[]> {
    if (found.length === 0) return found;
    const own = new Set(await this.#deps.journal.ownProcesses());
    return found.filter(
      ({ process: { pid, group, session, ancestors } }) => ![pid, group, session, ...ancestors].some((one) => own.has(one)),
    );
  }

  async #ownCalls(): Promise<readonly OwnCall[]> {
    const { journal } = this.#deps;
    const calls: OwnCall[] = [];
    for (const id of await journal.list()) {
      const record = await journal.read(id);
      if (record !== undefined) calls.push(...ownCalls(record.plan, record.events));
    }
    return calls;
  }
}

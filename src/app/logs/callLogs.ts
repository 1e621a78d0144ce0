import { LogDigester } from '../../core/logs/digestLog';
import type { LogDigest } from '../../core/logs/logDigest';
import { encodingOf } from '../../core/logs/textEncoding';
import type { LogPatterns } from '../../core/pipeline';
import type { BackfillRecord } from '../journal';

/** A call for many dates that runs, with what its log says so far. The journal tells of its dates only when it has ended. */
export interface CallLog {
  readonly processor: string;
  readonly digest: LogDigest;
}

/** A backfill whose calls are followed. */
export interface Followable {
  readonly record: Pick<BackfillRecord, 'plan' | 'events'>;
}

export interface CallLogsDeps {
  readonly logPath: (backfill: string, log: string) => string;
  /** What has come to a log since it was read up to `from`, at most `most` bytes; undefined where there is none. */
  readonly readBytes: (path: string, from: number, most: number) => Promise<Uint8Array | undefined>;
  readonly profileOf: (processor: string) => LogPatterns;
}

interface Followed {
  readonly processor: string;
  readonly path: string;
  readonly reader: LogDigester;
  decoder: InstanceType<typeof TextDecoder> | undefined;
  offset: number;
}

/** Of each log at a time: what comes faster is read at the next look. */
const MOST = 8 << 20;

/** Follows the logs of calls that run, by their new bytes only. */
export class CallLogs {
  readonly #deps: CallLogsDeps;
  /** By path. */
  readonly #followed = new Map<string, Followed>();
  #calls: ReadonlyMap<string, readonly CallLog[]> = new Map();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(deps: CallLogsDeps) {
    this.#deps = deps;
  }

  /** Those of a backfill, in the order in which they began. */
  of(backfill: string): readonly CallLog[] {
    return this.#calls.get(backfill) ?? [];
  }

  /**
   * Reads what the logs have got since the last look. Never rejects.
   * @param views those that run.
   * @returns whether they say anything new.
   */
  look(views: readonly Followable[]): Promise<boolean> {
    // Two at once would read the same bytes twice.
    const turn = this.#turn.then(() => this.#look(views));
    this.#turn = turn;
    return turn;
  }

  async #look(views: readonly Followable[]): Promise<boolean> {
    const open = new Set<string>();
    let changed = false;
    const calls = new Map<string, readonly CallLog[]>();
    for (const view of views) {
      const found: CallLog[] = [];
      for (const { log, processor } of openCalls(view)) {
        const followed = this.#follow(this.#deps.logPath(view.record.plan.id, log), processor);
        open.add(followed.path);
        if (await this.#readNew(followed)) changed = true;
        found.push({ processor, digest: followed.reader.digest() });
      }
      if (found.length > 0) calls.set(view.record.plan.id, found);
    }
    for (const path of this.#followed.keys()) {
      if (open.has(path)) continue;
      this.#followed.delete(path);
      changed = true;
    }
    this.#calls = calls;
    return changed;
  }

  #follow(path: string, processor: string): Followed {
    const known = this.#followed.get(path);
    if (known !== undefined) return known;
    const reader = new LogDigester(this.#deps.profileOf(processor));
    const followed = { processor, path, reader, decoder: undefined, offset: 0 };
    this.#followed.set(path, followed);
    return followed;
  }

  async #readNew(followed: Followed): Promise<boolean> {
    const bytes = await this.#deps.readBytes(followed.path, followed.offset, MOST);
    if (bytes === undefined || bytes.length === 0) return false;
    followed.decoder ??= new TextDecoder(encodingOf(bytes));
    followed.offset += bytes.length;
    followed.reader.feed(followed.decoder.decode(bytes, { stream: true }));
    return true;
  }
}

/** Logs that several attempts without an end share. */
function openCalls({ record }: Followable): readonly { readonly log: string; readonly processor: string }[] {
  const open = new Map<string, { log: string; processor: string }>();
  for (const event of record.events) {
    if (event.type === 'attemptStarted') open.set(event.attempt, event);
    else if (event.type === 'attemptEnded' || event.type === 'notAttempted') open.delete(event.attempt);
  }
  const attempts = new Map<string, { readonly processor: string; count: number }>();
  for (const { log, processor } of open.values()) {
    const known = attempts.get(log);
    if (known === undefined) attempts.set(log, { processor, count: 1 });
    else known.count += 1;
  }
  return [...attempts].filter(([, { count }]) => count > 1).map(([log, { processor }]) => ({ log, processor }));
}

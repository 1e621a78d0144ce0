import type { BackfillRecord } from '../../app/journal';
import { messageOf } from '../../base/logger';
import type { Plan } from '../../core/backfill/backfill';
import type { LogChange, LogId, LogRequests } from '../../protocol/logs';
import { type BackfillLog, logsOf } from './backfillLogs';
import { LogDocument, type LogDocumentDeps } from './logDocument';
import type { IsRepaired } from './outlineWords';

export interface LogDocumentsDeps extends Omit<LogDocumentDeps, 'pathOf' | 'isRepaired'> {
  /** What the journal holds of a backfill. */
  readonly record: (backfill: string) => Promise<BackfillRecord | undefined>;
  readonly logPath: (backfill: string, log: string) => string;
  /** Whether a partition was mended after an attempt of a backfill at it had failed. */
  readonly isRepaired: (plan: Plan, processor: string, date: string) => boolean;
  readonly changed: (change: LogChange) => void;
  readonly failed: (what: string) => void;
  /** Between two looks at what is on the screen, in milliseconds. */
  readonly lookMs: number;
}

interface Open {
  readonly document: LogDocument;
  /** What is done with a document is done one after the other. */
  turn: Promise<unknown>;
  /** Events of the backfill that the document knows. */
  seen: string;
}

/** The logs that are open in editors. Those on the screen are looked at a few times a second; nothing is when none is. */
export class LogDocuments {
  readonly #deps: LogDocumentsDeps;
  readonly #open = new Map<string, Open>();
  #watched: readonly { readonly id: LogId; readonly following: boolean }[] = [];
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;

  constructor(deps: LogDocumentsDeps) {
    this.#deps = deps;
  }

  async open({ id, at }: LogRequests['backfill/openLog']['params']): Promise<LogRequests['backfill/openLog']['result']> {
    const known = this.#open.get(keyOf(id)) ?? (await this.#make(id));
    return this.#next(known, async ({ document }) => {
      await this.#refresh(known, id);
      return document.open(at);
    });
  }

  async move({ id, to }: LogRequests['backfill/moveLog']['params']): Promise<LogRequests['backfill/moveLog']['result']> {
    return this.#next(this.#known(id), ({ document }) => document.move(to));
  }

  async tokens({ id, first, lines }: LogRequests['backfill/logTokens']['params']) {
    return this.#next(this.#known(id), async ({ document }) => document.tokens(first, lines));
  }

  async arrivals({ id, first, count }: LogRequests['backfill/logArrivals']['params']) {
    return this.#next(this.#known(id), ({ document }) => document.arrivals(first, count));
  }

  close(id: LogId): void {
    this.#open.delete(keyOf(id));
  }

  watch(logs: readonly { readonly id: LogId; readonly following: boolean }[]): void {
    this.#watched = logs;
    clearInterval(this.#timer);
    if (logs.length === 0) return;
    this.#timer = setInterval(() => void this.look(), this.#deps.lookMs);
    void this.look();
  }

  /** Tells what the logs on the screen have got. Never rejects. */
  look(): Promise<void> {
    // A slow disk is not asked twice at once.
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /** Tells what is no problem any more, now that the coverage or a journal has changed. Never rejects. */
  async judgeAgain(): Promise<void> {
    for (const known of this.#open.values()) {
      const turn = this.#next(known, async ({ document }) => {
        await this.#refresh(known, document.id);
        const change = document.judgeAgain();
        if (change !== undefined) this.#deps.changed(change);
      });
      await turn.catch((error: unknown) => this.#deps.failed(`Judging a log again: ${messageOf(error)}`));
    }
  }

  dispose(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    for (const { id, following } of this.#watched) {
      const known = this.#open.get(keyOf(id));
      if (known === undefined) continue;
      const look = this.#next(known, async ({ document }) => {
        await this.#refresh(known, id);
        const change = await document.look(following);
        if (change !== undefined) this.#deps.changed(change);
      });
      await look.catch((error: unknown) => this.#deps.failed(`Looking at a log: ${messageOf(error)}`));
    }
  }

  #known(id: LogId): Open {
    const known = this.#open.get(keyOf(id));
    if (known === undefined) throw new Error('This log is not open any more: open it again.');
    return known;
  }

  async #make(id: LogId): Promise<Open> {
    const found = await this.#deps.record(id.backfill);
    const logs = found === undefined ? [] : chosen(logsOf(found), id);
    if (found === undefined) throw new Error(`There is no backfill ${id.backfill}.`);
    if (id.log !== undefined && logs.length === 0) throw new Error(`Backfill ${id.backfill} has no log ${id.log}.`);
    const pathOf = ({ log }: BackfillLog) => this.#deps.logPath(id.backfill, log);
    const isRepaired: IsRepaired = (processor, date) => this.#deps.isRepaired(found.plan, processor, date);
    const open = {
      document: new LogDocument(id, logs, { ...this.#deps, pathOf, isRepaired }),
      turn: Promise.resolve(),
      seen: '',
    };
    // Two who ask at once get one.
    const other = this.#open.get(keyOf(id));
    if (other !== undefined) return other;
    this.#open.set(keyOf(id), open);
    return open;
  }

  async #refresh(open: Open, id: LogId): Promise<void> {
    const found = await this.#deps.record(id.backfill);
    if (found === undefined) return;
    const seen = `${found.events.length} ${found.ownerAlive}`;
    if (seen === open.seen) return;
    open.seen = seen;
    open.document.setLogs(chosen(logsOf(found), id));
  }

  #next<T>(open: Open, work: (open: Open) => Promise<T>): Promise<T> {
    const turn = open.turn.then(() => work(open));
    open.turn = turn.catch(() => undefined);
    return turn;
  }
}

function chosen(logs: readonly BackfillLog[], { log }: LogId): readonly BackfillLog[] {
  return log === undefined ? logs : logs.filter(({ name }) => name === log);
}

function keyOf({ backfill, log = '' }: LogId): string {
  return `${backfill}/${log}`;
}

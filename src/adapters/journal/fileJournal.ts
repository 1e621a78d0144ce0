import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BackfillRecord, type Claim, type Journal, JournalError } from '../../app/journal';
import type { Clock } from '../../app/ports';
import { messageOf } from '../../base/logger';
import type { BackfillEvent, BackfillEventBody, Plan } from '../../core/backfill';
import type { AttemptLedger } from '../../core/coverage';
import { type JournaledBackfill, ledgerOf } from '../../core/ledger';
import { codeOf, makeFolder, writeDurably } from './durableFile';
import { EventFile } from './eventFile';
import { planToText, readPlan } from './journalText';
import { claimFolder, isOwnerAlive } from './ownerClaim';
import { watchRuns } from './runsWatcher';

export interface FileJournalOptions {
  readonly clock?: Clock;
  /** How often an executor says that it lives. */
  readonly heartbeatMs?: number;
  /** How often a watcher looks where the system notifies nothing. */
  readonly pollMs?: number;
}

/** Ids become names of folders. */
const ID = /^[A-Za-z0-9][\w.-]*$/;
const CANCEL = 'cancel.json';

/** The journal as files: `<state folder>/runs/<id>/`, described in docs/journal.md. Reading creates and changes nothing. */
export class FileJournal implements Journal {
  readonly #runs: string;
  readonly #clock: Clock;
  readonly #heartbeatMs: number;
  readonly #pollMs: number;
  /** Plans never change, events only grow: both are kept. */
  readonly #plans = new Map<string, Plan>();
  readonly #files = new Map<string, EventFile>();
  #ledger: { readonly of: readonly JournaledBackfill[]; readonly ledger: AttemptLedger } | undefined;

  constructor(stateFolder: string, { clock = Date, heartbeatMs = 3_000, pollMs = 2_000 }: FileJournalOptions = {}) {
    this.#runs = join(stateFolder, 'runs');
    this.#clock = clock;
    this.#heartbeatMs = heartbeatMs;
    this.#pollMs = pollMs;
  }

  async create(plan: Plan): Promise<void> {
    if (!ID.test(plan.id)) throw new JournalError('unwritable', `"${plan.id}" cannot be the name of a folder.`);
    try {
      await makeFolder(this.folder(plan.id));
      await writeDurably(join(this.folder(plan.id), 'plan.json'), planToText(plan));
    } catch (thrown) {
      if (codeOf(thrown) === 'EEXIST') throw new JournalError('exists', `Backfill ${plan.id} exists already: make a new plan.`);
      throw new JournalError('unwritable', `The plan cannot be written (${messageOf(thrown)}): check ${this.#runs}.`);
    }
  }

  async list(): Promise<readonly string[]> {
    const names = await readdir(this.#runs).catch((thrown: unknown) => {
      if (codeOf(thrown) === 'ENOENT') return [];
      throw thrown;
    });
    const ids: string[] = [];
    for (const id of names
      .filter((name) => ID.test(name))
      .sort()
      .reverse()) {
      if ((await this.#plan(id)) !== undefined) ids.push(id);
    }
    return ids;
  }

  async read(id: string): Promise<BackfillRecord | undefined> {
    const plan = await this.#plan(id);
    return plan === undefined ? undefined : { plan, ...(await this.#file(id).read()) };
  }

  async append(id: string, ...bodies: readonly BackfillEventBody[]): Promise<readonly BackfillEvent[]> {
    try {
      return await this.#file(id).append(bodies, () => this.#clock.now());
    } catch (thrown) {
      if (codeOf(thrown) === 'ENOENT') throw unknownBackfill(id);
      throw new JournalError('unwritable', `The journal cannot be written (${messageOf(thrown)}): check ${this.folder(id)}.`);
    }
  }

  ownerAlive(id: string): Promise<boolean> {
    return isOwnerAlive(this.folder(id));
  }

  async requestCancel(id: string, by: string): Promise<void> {
    const request = `${JSON.stringify({ by, at: new Date(this.#clock.now()).toISOString() })}\n`;
    try {
      await writeFile(join(this.folder(id), CANCEL), request, { flag: 'wx' });
    } catch (thrown) {
      if (codeOf(thrown) === 'ENOENT') throw unknownBackfill(id);
      if (codeOf(thrown) !== 'EEXIST') throw thrown;
    }
  }

  async cancelRequested(id: string): Promise<string | undefined> {
    const text = await readFile(join(this.folder(id), CANCEL), 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    // Whoever puts the file there by hand also means it.
    return /"by":"([^"]*)"/.exec(text)?.[1] ?? 'somebody';
  }

  watch(listener: (ids: readonly string[]) => void): () => void {
    const runs = {
      folder: this.#runs,
      ids: () => this.list(),
      folderOf: (id: string) => this.folder(id),
      stateOf: async (id: string) => {
        const { events, problems } = await this.#file(id).read();
        if (hasEnded(events)) return undefined;
        return `${events.length} ${problems.length} ${await this.ownerAlive(id)}`;
      },
    };
    return watchRuns(runs, this.#pollMs, listener);
  }

  async ledger(): Promise<AttemptLedger> {
    const known = this.#ledger;
    const backfills: JournaledBackfill[] = [];
    for (const id of (await this.list()).toReversed()) {
      const plan = await this.#plan(id);
      if (plan === undefined) continue;
      const { events } = await this.#file(id).read();
      backfills.push({ plan, events, ownerAlive: !hasEnded(events) && (await this.ownerAlive(id)) });
    }
    if (
      known !== undefined &&
      known.of.length === backfills.length &&
      known.of.every((one, index) => isSame(one, backfills[index]))
    ) {
      return known.ledger;
    }
    const ledger = ledgerOf(backfills);
    this.#ledger = { of: backfills, ledger };
    return ledger;
  }

  claim(id: string): Promise<Claim | undefined> {
    return claimFolder(this.folder(id), this.#heartbeatMs);
  }

  logPath(id: string, log: string): string {
    return join(this.folder(id), log);
  }

  /** The folder of one backfill. */
  folder(id: string): string {
    return join(this.#runs, ID.test(id) ? id : '_');
  }

  async #plan(id: string): Promise<Plan | undefined> {
    const known = this.#plans.get(id);
    if (known !== undefined) return known;
    const text = await readFile(join(this.folder(id), 'plan.json'), 'utf8').catch(() => undefined);
    const plan = text === undefined ? undefined : readPlan(text);
    if (plan === undefined || typeof plan === 'string' || plan.id !== id) return undefined;
    this.#plans.set(id, plan);
    return plan;
  }

  #file(id: string): EventFile {
    const known = this.#files.get(id);
    if (known !== undefined) return known;
    const file = new EventFile(join(this.folder(id), 'events.ndjson'));
    this.#files.set(id, file);
    return file;
  }
}

function hasEnded(events: readonly BackfillEvent[]): boolean {
  return events.at(-1)?.type === 'ended';
}

function isSame(a: JournaledBackfill, b: JournaledBackfill | undefined): boolean {
  return b !== undefined && a.plan === b.plan && a.events === b.events && a.ownerAlive === b.ownerAlive;
}

function unknownBackfill(id: string): JournalError {
  return new JournalError('unknownBackfill', `There is no backfill ${id}: \`backfill runs\` lists them.`);
}

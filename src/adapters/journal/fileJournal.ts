import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ProcessOwners } from '../../app/elsewhereJobs';
import { isDiskFull } from '../../app/execution/environment';
import { type BackfillRecord, type Claim, type GivenRequest, type Journal, JournalError } from '../../app/journal';
import type { DamageReporter, JournalDamage } from '../../app/journalDamage';
import type { Clock } from '../../app/ports';
import { counted } from '../../base/figures';
import { messageOf } from '../../base/logger';
import {
  answeredRequests,
  type BackfillEvent,
  type BackfillEventBody,
  type Plan,
  type RunRequest,
} from '../../core/backfill/backfill';
import { type JournaledBackfill, ledgerOf } from '../../core/backfill/ledger';
import type { AttemptLedger } from '../../core/coverage/coverage';
import type { PlanInputs } from '../../core/plan/planInputs';
import { codeOf, makeFolder, writeDurably } from './durableFile';
import { EventFile, type EventReading } from './eventFile';
import { inputsToText, planToText, readInputs, readPlan } from './journalText';
import { claimFolder } from './ownerClaim';
import { sightOf } from './ownerSight';
import { isAskedFor, leaveRequest, readRequests } from './requestFiles';
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
const INPUTS = 'inputs.json';

/** The journal as files: `<state folder>/runs/<id>/`, described in docs/journal.md. Reading creates and changes nothing. */
export class FileJournal implements Journal, DamageReporter, ProcessOwners {
  readonly #runs: string;
  readonly #clock: Clock;
  readonly #heartbeatMs: number;
  readonly #pollMs: number;
  /** Plans never change, events only grow: both are kept. */
  readonly #plans = new Map<string, Plan>();
  readonly #files = new Map<string, EventFile>();
  /** For runs whose plan cannot be read: what their events say of it. */
  readonly #standIns = new Map<string, { readonly events: readonly BackfillEvent[]; readonly plan: Plan }>();
  #ledger: { readonly of: readonly JournaledBackfill[]; readonly ledger: AttemptLedger } | undefined;

  constructor(stateFolder: string, { clock = Date, heartbeatMs = 3_000, pollMs = 2_000 }: FileJournalOptions = {}) {
    this.#runs = join(stateFolder, 'runs');
    this.#clock = clock;
    this.#heartbeatMs = heartbeatMs;
    this.#pollMs = pollMs;
  }

  async create(plan: Plan, inputs?: PlanInputs): Promise<void> {
    if (!ID.test(plan.id)) throw new JournalError('unwritable', `"${plan.id}" cannot be the name of a folder.`);
    try {
      await makeFolder(this.folder(plan.id));
      // The plan last: with it the backfill is there.
      if (inputs !== undefined) await writeDurably(join(this.folder(plan.id), INPUTS), inputsToText(inputs));
      await writeDurably(join(this.folder(plan.id), 'plan.json'), planToText(plan));
    } catch (thrown) {
      const obstacle = await this.#obstacle();
      if (obstacle !== undefined) throw new JournalError('unwritable', `The plan cannot be written: ${obstacle}`);
      if (codeOf(thrown) === 'EEXIST') throw new JournalError('exists', `Backfill ${plan.id} exists already: make a new plan.`);
      throw new JournalError(
        'unwritable',
        `The plan cannot be written (${messageOf(thrown)}): make ${this.#runs} a folder that you may write to.`,
      );
    }
  }

  async inputs(id: string): Promise<PlanInputs | undefined> {
    const text = await readFile(join(this.folder(id), INPUTS), 'utf8').catch(() => '');
    const inputs = readInputs(text);
    return typeof inputs === 'string' ? undefined : inputs;
  }

  async list(): Promise<readonly string[]> {
    const ids: string[] = [];
    for (const id of await this.#ids()) {
      if (typeof (await this.#plan(id)) === 'object') ids.push(id);
    }
    return ids;
  }

  async read(id: string): Promise<BackfillRecord | undefined> {
    const plan = await this.#plan(id);
    if (typeof plan !== 'object') return undefined;
    const { events, problems, ownerAlive, jobsLeft, unseen, isGone } = await this.#look(id);
    if (isGone === true && !(await isThere(this.folder(id)))) {
      this.#plans.delete(id);
      this.#files.delete(id);
      return undefined;
    }
    return { plan, events, problems, ownerAlive, jobsLeft, ...(unseen !== undefined && { unseen }) };
  }

  async damage(): Promise<readonly JournalDamage[]> {
    const obstacle = await this.#obstacle();
    if (obstacle !== undefined) {
      return [{ what: 'journal', message: `The journal cannot be read: ${obstacle}`, details: [], events: [] }];
    }
    const found: JournalDamage[] = [];
    for (const id of await this.#ids()) {
      const damage = await this.#damageOf(id);
      if (damage !== undefined) found.push(damage);
    }
    return found;
  }

  async append(id: string, ...bodies: readonly BackfillEventBody[]): Promise<readonly BackfillEvent[]> {
    try {
      return await this.#file(id).append(bodies, () => this.#clock.now());
    } catch (thrown) {
      if (codeOf(thrown) === 'ENOENT') throw unknownBackfill(id);
      const kind = isDiskFull(thrown) ? 'full' : 'unwritable';
      throw new JournalError(kind, `The journal cannot be written (${messageOf(thrown)}): check ${this.folder(id)}.`);
    }
  }

  async ownerAlive(id: string): Promise<boolean> {
    return (await sightOf(this.folder(id))).executor;
  }

  async request(id: string, request: RunRequest, by: string): Promise<void> {
    const folder = this.folder(id);
    try {
      const { session: last, executor } = await sightOf(folder);
      const session = executor ? last : last + 1;
      const answered = answeredRequests((await this.#file(id).read()).events);
      const isOpen = (given: GivenRequest) => !answered.has(given.name) && (given.session ?? session) >= session;
      if (isAskedFor(request, (await readRequests(folder)).filter(isOpen))) return;
      await leaveRequest(folder, request, { by, session, at: new Date(this.#clock.now()).toISOString() });
    } catch (thrown) {
      if (codeOf(thrown) === 'ENOENT') throw unknownBackfill(id);
      throw new JournalError('unwritable', `The request cannot be written (${messageOf(thrown)}): check ${folder}.`);
    }
  }

  requests(id: string): Promise<readonly GivenRequest[]> {
    return readRequests(this.folder(id));
  }

  watch(listener: (ids: readonly string[]) => void): () => void {
    const runs = {
      folder: this.#runs,
      ids: () => this.list(),
      folderOf: (id: string) => this.folder(id),
      stateOf: async (id: string) => {
        const { events, problems, ownerAlive, jobsLeft } = await this.#look(id);
        return hasEnded(events) ? undefined : `${events.length} ${problems.length} ${ownerAlive} ${jobsLeft}`;
      },
    };
    return watchRuns(runs, this.#pollMs, listener);
  }

  async ledger(): Promise<AttemptLedger> {
    const known = this.#ledger;
    const backfills: JournaledBackfill[] = [];
    for (const id of (await this.#ids()).toReversed()) {
      const plan = await this.#plan(id);
      const { events, ownerAlive, jobsLeft } = await this.#look(id);
      if (typeof plan === 'object') backfills.push({ plan, events, ownerAlive, jobsLeft });
      else if (events.length > 0) backfills.push({ plan: this.#standIn(id, events), events, ownerAlive, jobsLeft });
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

  async ownProcesses(): Promise<readonly number[]> {
    const pids: number[] = [];
    for (const id of await this.#ids()) {
      const { events } = await this.#file(id).read();
      if (hasEnded(events)) continue;
      const { pid, jobs } = await sightOf(this.folder(id));
      pids.push(...(pid === undefined ? [] : [pid]), ...jobs.map((job) => job.pid));
    }
    return pids;
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

  /** Names of all runs, newest first; none where the folder cannot be read. */
  async #ids(): Promise<readonly string[]> {
    const entries = await readdir(this.#runs, { withFileTypes: true }).catch(() => []);
    return entries
      .filter((entry) => ID.test(entry.name) && !entry.isFile())
      .map(({ name }) => name)
      .sort()
      .reverse();
  }

  /**
   * Events and owner that were there at one moment: an owner may come, write and go between two looks, and is neither to be missed nor to be
   * taken for one that died.
   */
  async #look(
    id: string,
  ): Promise<EventReading & { readonly ownerAlive: boolean; readonly jobsLeft: boolean } & Pick<BackfillRecord, 'unseen'>> {
    const file = this.#file(id);
    for (let reading = await file.read(); ; ) {
      if (hasEnded(reading.events)) return { ...reading, ownerAlive: false, jobsLeft: false };
      const { executor, jobs, sureAfterMs: watchMs = 0, host = 'another machine' } = await sightOf(this.folder(id));
      const again = await file.read();
      if (again.events.length === reading.events.length) {
        const unseen = executor || watchMs === 0 ? {} : { unseen: { host, watchMs } };
        return { ...again, ownerAlive: executor, jobsLeft: !executor && jobs.length > 0, ...unseen };
      }
      reading = again;
    }
  }

  /** What keeps the folder of all runs from being read, and what to do; undefined where it can be, or is not there yet. */
  async #obstacle(): Promise<string | undefined> {
    for (const path of [dirname(this.#runs), this.#runs]) {
      const found = await stat(path).catch(() => undefined);
      if (found !== undefined && !found.isDirectory()) return `${path} is a file and has to be a folder: move it away.`;
    }
    return readdir(this.#runs).then(
      () => undefined,
      (thrown: unknown) =>
        codeOf(thrown) === 'ENOENT'
          ? undefined
          : `${this.#runs} cannot be opened (${messageOf(thrown)}): make it a folder that you may read and write.`,
    );
  }

  async #damageOf(id: string): Promise<JournalDamage | undefined> {
    const plan = await this.#plan(id);
    const { events, problems, unreadLines, failure } = await this.#file(id).read();
    // A run whose launch was interrupted before its plan was there has done nothing.
    if (plan === undefined && events.length === 0 && problems.length === 0) return undefined;
    if (typeof plan !== 'object') {
      const why = plan === undefined ? 'plan.json is not there' : `plan.json: ${plan}`;
      const message = `The plan of ${id} cannot be read: its recorded attempts still count.`;
      return { id, what: 'plan', message, details: [`${why}.`, ...problems], events };
    }
    if (failure !== undefined) {
      return { id, what: 'events', message: `The events of ${id} cannot be read.`, details: problems, events };
    }
    // The line that an executor is just writing is no damage.
    if (problems.length === 0 || (!hasEnded(events) && (await this.ownerAlive(id)))) return undefined;
    const lines = unreadLines > 0 ? `${counted(unreadLines, 'line')} of events of ${id} cannot be read` : '';
    const message = lines === '' ? `Lines of events of ${id} are missing or double.` : `${lines}.`;
    return { id, what: 'lines', message, details: problems, events };
  }

  /** A string is why the plan cannot be read; undefined where there is none. */
  async #plan(id: string): Promise<Plan | string | undefined> {
    const known = this.#plans.get(id);
    if (known !== undefined) return known;
    let text: string;
    try {
      text = await readFile(join(this.folder(id), 'plan.json'), 'utf8');
    } catch (thrown) {
      return codeOf(thrown) === 'ENOENT' ? undefined : messageOf(thrown);
    }
    const plan = readPlan(text);
    if (typeof plan === 'string') return plan;
    if (plan.id !== id) return `it is the plan of ${plan.id}`;
    this.#plans.set(id, plan);
    return plan;
  }

  /** A plan of the partitions that the events name, so that their attempts count and what runs stays held. */
  #standIn(id: string, events: readonly BackfillEvent[]): Plan {
    const known = this.#standIns.get(id);
    if (known?.events === events) return known.plan;
    const plan = standInPlan(id, events);
    this.#standIns.set(id, { events, plan });
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

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

function hasEnded(events: readonly BackfillEvent[]): boolean {
  return events.at(-1)?.type === 'ended';
}

function isSame(a: JournaledBackfill, b: JournaledBackfill | undefined): boolean {
  return (
    b !== undefined && a.plan === b.plan && a.events === b.events && a.ownerAlive === b.ownerAlive && a.jobsLeft === b.jobsLeft
  );
}

function unknownBackfill(id: string): JournalError {
  return new JournalError('unknownBackfill', `There is no backfill ${id}: \`backfill runs\` lists them.`);
}

function standInPlan(id: string, events: readonly BackfillEvent[]): Plan {
  const partitions = new Map<string, Plan['partitions'][number]>();
  for (const event of events) {
    if (event.type !== 'attemptStarted' && event.type !== 'attemptEnded') continue;
    const { processor, date } = event;
    const why = 'its attempt is recorded';
    partitions.set(`${processor} ${date}`, { processor, date, action: 'run', status: 'missing', why, preflight: 'allowed' });
  }
  return {
    version: 1,
    id,
    pipeline: '',
    manifest: '',
    createdAt: events[0]?.at ?? '',
    mode: 'backfill',
    request: {
      select: '',
      withUpstream: false,
      withDownstream: false,
      order: 'oldest',
      slots: 1,
      policy: 'continue',
      overrides: [],
    },
    jobs: [],
    partitions: [...partitions.values()],
    warnings: [],
  };
}

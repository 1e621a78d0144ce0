import { join } from 'node:path';
import { FileJournal } from '../../src/adapters/journal/fileJournal';
import type { Claim } from '../../src/app/journal';
import type { BackfillEventBody, Plan } from '../../src/core/backfill/backfill';
import { planRequest } from './requests';
import { DATES, type SmallWorkspace } from './smallWorkspace';

type Ended = Extract<BackfillEventBody, { type: 'attemptEnded' }>;

/** A backfill whose executor is this process: it writes the journal, and does nothing else. */
export class PlayedBackfill {
  readonly id: string;
  readonly #journal: FileJournal;
  readonly #claim: Claim;
  readonly #processor: string;
  readonly #clock: { at: number };

  private constructor(id: string, journal: FileJournal, claim: Claim, processor: string, clock: { at: number }) {
    this.id = id;
    this.#journal = journal;
    this.#claim = claim;
    this.#processor = processor;
    this.#clock = clock;
  }

  /** @param ago seconds before now at which it began. */
  static async start(workspace: SmallWorkspace, processor: string, ago = 0): Promise<PlayedBackfill> {
    const clock = { at: Date.now() - ago * 1000 };
    const journal = new FileJournal(join(workspace.folder, '.backfill'), { clock: { now: () => clock.at } });
    const id = `${new Date(clock.at).toISOString().replaceAll(/[-:]|\.\d+Z/g, '')}-${processor.toLowerCase()}-test`;
    await journal.create(planOf(workspace, id, processor, clock.at));
    const claim = await journal.claim(id);
    if (claim === undefined) throw new Error(`${id} is held already.`);
    await journal.append(id, { type: 'started', owner: claim.owner });
    return new PlayedBackfill(id, journal, claim, processor, clock);
  }

  /** Time passes before the next event. @param seconds */
  pass(seconds: number): this {
    this.#clock.at += seconds * 1000;
    return this;
  }

  /** The next event is of now. */
  catchUp(): this {
    this.#clock.at = Date.now();
    return this;
  }

  async say(...events: readonly BackfillEventBody[]): Promise<void> {
    await this.#journal.append(this.id, ...events);
  }

  begin(date: string): Promise<void> {
    const attempt = this.attempt(date);
    const of = { attempt, processor: this.#processor, date };
    return this.say({ type: 'attemptStarted', ...of, before: 'r0', rowsBefore: 0, inputs: [], log: `logs/${attempt}.log` });
  }

  end(date: string, seconds: number, more: Partial<Ended> = {}): Promise<void> {
    const of = { attempt: this.attempt(date), processor: this.#processor, date };
    return this.say({ type: 'attemptEnded', ...of, outcome: 'done', rowsAfter: 10, seconds, ...more });
  }

  /** One date that took some time and is done. */
  async run(date: string, seconds: number): Promise<void> {
    await this.begin(date);
    await this.pass(seconds).end(date, seconds);
  }

  attempt(date: string): string {
    return `${this.#processor}-${date}-1`;
  }

  /** The executor is gone; without an end before it the backfill is interrupted. */
  leave(): Promise<void> {
    return this.#claim.release();
  }
}

function planOf(workspace: SmallWorkspace, id: string, processor: string, at: number): Plan {
  return {
    version: 1,
    id,
    pipeline: 'Small pipeline',
    manifest: join(workspace.folder, 'backfill.yaml'),
    createdAt: new Date(at).toISOString(),
    mode: 'backfill',
    request: planRequest({ processors: [processor], from: DATES[0], to: DATES[5] }),
    jobs: [{ processor, method: 'date', command: ['job', '{date}'], slots: 1, hash: '' }],
    partitions: DATES.map((date) => ({
      ...{ processor, date, action: 'run', status: 'missing', why: 'it was never run', preflight: 'allowed' },
    })),
    warnings: [],
  };
}

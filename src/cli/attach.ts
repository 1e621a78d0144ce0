import type { SessionRequest } from '../app/execution/executeBackfill';
import type { BackfillRecord, Journal } from '../app/journal';
import { formatCount, formatSeconds } from '../base/figures';
import { messageOf } from '../base/logger';
import { type BackfillPhase, isActivePhase, type ManifestChoice } from '../core/backfill/backfill';
import type { BackfillProgress } from '../core/backfill/progress';
import { askManifest } from './askManifest';
import { type BackfillView, LiveView, PlainView } from './backfillView';
import type { Context } from './command';
import { CommandFailure, EXIT, type ExitCode, usageError } from './exitCodes';
import { followBackfill, type Sight, sightOf } from './followBackfill';
import { summaryLines } from './render/backfillSummary';
import { plain } from './textWidth';

export interface AttachOptions {
  /** Absolute path of the manifest. */
  readonly manifest: string;
  readonly id: string;
  /** Waits for Enter after the summary, where a terminal would close. */
  readonly keepOpen: boolean;
  /** Executes in this process instead of one of its own. */
  readonly foreground: boolean;
  /** What a session is asked for that goes on with an interrupted backfill; without it one is summed up, or gone on with after a question. */
  readonly session?: SessionRequest;
  /** What to go by where the manifest has changed since the plan was made; without it that is asked. */
  readonly basis?: ManifestChoice;
}

const CTRL_C = '\u0003';
const WATCHING = 'Ctrl+C cancels the backfill; closing this terminal leaves it running.';
const FOREGROUND = 'Ctrl+C cancels the backfill.';
const CANCELLING = 'Cancelling: what runs is being ended. Ctrl+C again leaves it to end by itself.';

/**
 * Starts the executor of a backfill if none ran, follows it, and sums it up. Doing so again attaches to the one that runs, or sums up
 * the one that ended.
 */
export async function attach(context: Context, options: AttachOptions): Promise<ExitCode> {
  const attachment = new Attachment(context, options);
  try {
    return await attachment.run();
  } finally {
    attachment.dispose();
  }
}

class Attachment {
  readonly #context: Context;
  readonly #options: AttachOptions;
  readonly #journal: Journal;
  readonly #view: BackfillView;
  readonly #detach = new AbortController();
  readonly #takesKeys: boolean;
  readonly #stops: (() => void)[];
  #interrupts = 0;
  #session: SessionRequest | undefined;
  /** While the summary waits to be read. */
  #close: (() => void) | undefined;

  constructor(context: Context, options: AttachOptions) {
    const { terminal, services } = context;
    this.#context = context;
    this.#options = options;
    this.#session = options.basis === undefined ? options.session : { manifest: options.basis, ...options.session };
    this.#journal = services.journal(options.manifest);
    this.#takesKeys = options.keepOpen && terminal.canAsk;
    const live = terminal.isTty ? new LiveView(terminal, services.clock) : undefined;
    this.#view = live ?? new PlainView(terminal);
    this.#view.hint = options.foreground ? FOREGROUND : WATCHING;
    this.#stops = [
      terminal.onClosed(() => {
        this.#close?.();
        // What is executed here cannot be left alone: it goes on unseen, or is cancelled by the signal.
        if (!options.foreground) this.#detach.abort();
      }),
      ...(live === undefined ? [] : [terminal.onResize(() => live.redraw())]),
    ];
  }

  async run(): Promise<ExitCode> {
    const { terminal } = this.#context;
    const { id } = this.#options;
    const over = await this.#over();
    // Questions are over: from here on keys and Ctrl+C are for the backfill.
    this.#stops.push(terminal.onInterrupt(() => this.#interrupt()));
    if (this.#takesKeys) this.#stops.push(terminal.readKeys((keys) => this.#take(keys)));
    const sight = over ?? (await this.#follow());
    if (sight === undefined) throw new CommandFailure(EXIT.gaps, goneText(id));
    const { record, progress } = sight;
    if (isActive(progress.phase)) {
      const what = progress.phase === 'cancelling' ? 'is being cancelled' : 'goes on';
      terminal.print(`Detached: the backfill ${what} without this terminal. To see it again: backfill attach ${id}`);
      return EXIT.interrupted;
    }
    for (const line of summaryLines(record.plan, record.events, progress, terminal)) terminal.print(line);
    if (!this.#takesKeys) return exitCodeOf(progress);
    await this.#enter();
    // The summary was read: a terminal whose process reports another code shows an error on top of it.
    return EXIT.fine;
  }

  dispose(): void {
    for (const stop of this.#stops) stop();
  }

  /** The backfill, when it has ended before. */
  async #over(): Promise<Sight | undefined> {
    const { id } = this.#options;
    const record = await this.#journal.read(id);
    if (record === undefined) throw unknownBackfill(id);
    const sight = sightOf(record, this.#context.services.clock.now());
    const { phase } = sight.progress;
    const starts = phase === 'planned' || (phase === 'interrupted' && (await this.#resumes(sight)));
    if (!starts) return isActive(phase) ? undefined : sight;
    const basis = await askManifest(this.#context, this.#options.manifest, id, this.#session?.manifest);
    if (basis !== undefined) this.#session = { ...this.#session, manifest: basis };
    if (record.unseen !== undefined) this.#context.terminal.print(watchText(record.unseen));
    return undefined;
  }

  async #resumes({ progress }: Sight): Promise<boolean> {
    if (this.#session?.resume === true) return true;
    const { terminal } = this.#context;
    if (!terminal.canAsk) return false;
    const { id, done, total, current } = progress;
    const job = current === undefined ? '' : `; its job ${current} still runs`;
    const answer = await terminal.ask(
      `Backfill ${id} was interrupted: ${formatCount(done)} of ${formatCount(total)} done${job}. Go on with it? [y/N] `,
    );
    if (!/^y(es)?$/i.test(answer?.trim() ?? '')) return false;
    this.#session = { ...this.#session, resume: true };
    return true;
  }

  async #follow(): Promise<Sight | undefined> {
    const { services } = this.#context;
    const { manifest, id, foreground } = this.#options;
    const logs = await services.callLogs(manifest);
    if (!foreground) await this.#start();
    const executed = foreground
      ? services.execute(manifest, id, services.foregroundSignals(), {
          ...this.#session,
          unattended: !this.#context.terminal.isTty,
        })
      : Promise.resolve();
    let isExecuting = foreground;
    executed
      .finally(() => {
        isExecuting = false;
      })
      // What went wrong is thrown below; until then nothing is left to follow.
      .catch(() => this.#detach.abort());
    try {
      const sight = await followBackfill(id, {
        journal: this.#journal,
        clock: services.clock,
        logs,
        signal: this.#detach.signal,
        isResuming: () => isExecuting,
        onSight: (seen) => this.#view.show(seen),
      });
      await executed;
      return sight;
    } finally {
      this.#view.end();
    }
  }

  async #start(): Promise<void> {
    const { manifest, id } = this.#options;
    try {
      await this.#context.services.startExecutor(manifest, id, this.#session);
    } catch (thrown) {
      throw new CommandFailure(EXIT.gaps, messageOf(thrown));
    }
  }

  #interrupt(): void {
    if (this.#close !== undefined) {
      this.#close();
      return;
    }
    this.#interrupts += 1;
    if (this.#interrupts > 1 && !this.#options.foreground) {
      this.#detach.abort();
      return;
    }
    this.#view.hint = CANCELLING;
    this.#journal.request(this.#options.id, { kind: 'cancel' }, 'Ctrl+C').catch((thrown: unknown) => {
      this.#context.terminal.warn(messageOf(thrown));
    });
  }

  #take(keys: string): void {
    if (keys.includes(CTRL_C)) this.#interrupt();
    else if (/[\r\n]/.test(keys)) this.#close?.();
  }

  async #enter(): Promise<void> {
    const { terminal } = this.#context;
    terminal.print('');
    terminal.print('Press Enter to close this terminal.');
    await new Promise<void>((resolve) => {
      this.#close = resolve;
      if (this.#detach.signal.aborted) resolve();
    });
  }
}

function isActive(phase: BackfillPhase): boolean {
  return phase === 'planned' || isActivePhase(phase);
}

/** What a backfill that is done has skipped, others have built. */
function exitCodeOf({ phase, failed, interrupted }: BackfillProgress): ExitCode {
  if (phase === 'cancelled' || phase === 'interrupted') return EXIT.interrupted;
  return phase === 'done' && failed + interrupted === 0 ? EXIT.fine : EXIT.gaps;
}

/** Said while whoever takes a backfill over looks at the lease of an executor that cannot be looked for. */
export function watchText({ host, watchMs }: NonNullable<BackfillRecord['unseen']>): string {
  return plain(
    `Looking for ${formatSeconds(watchMs / 1000)} whether the executor on ${host} still lives: its processes cannot be seen from here.`,
  );
}

function goneText(id: string): string {
  return `The folder of backfill ${id} is gone: somebody has removed it. Its executor lets what runs end and starts nothing more; what became of that is on no record, so look at the coverage, and plan again what is left.`;
}

export function unknownBackfill(id: string): CommandFailure {
  return usageError(`There is no backfill '${id}'. 'backfill runs' lists them.`);
}

import assert from 'node:assert/strict';
import type { Journal } from '../../../src/app/journal';
import { CallLogs } from '../../../src/app/logs/callLogs';
import { attach } from '../../../src/cli/attach';
import type { ExitCode } from '../../../src/cli/exitCodes';
import type { Services } from '../../../src/cli/services';
import type { BackfillEvent, BackfillEventBody, Plan } from '../../../src/core/backfill/backfill';
import { attempted, dateOf, ended, planOf, START, started } from './backfillFixture';
import { FakeTerminal, Screen } from './fakeTerminal';

/** A journal in memory whose events the test appends, one a second of its clock. */
class MemoryJournal {
  readonly plan: Plan;
  readonly events: BackfillEvent[] = [];
  readonly cancels: string[] = [];
  alive = false;
  readonly #listeners = new Set<(ids: readonly string[]) => void>();
  readonly #whenCancelled: (() => void)[] = [];
  readonly #whenFollowed: (() => void)[] = [];

  constructor(plan: Plan) {
    this.plan = plan;
  }

  say(...bodies: readonly BackfillEventBody[]): void {
    for (const body of bodies) {
      if (body.type === 'started') this.alive = true;
      if (body.type === 'ended') this.alive = false;
      const seq = this.events.length + 1;
      this.events.push({ seq, at: new Date(START + seq * 1000).toISOString(), ...body });
    }
    for (const listener of this.#listeners) listener([this.plan.id]);
  }

  get watched(): boolean {
    return this.#listeners.size > 0;
  }

  cancelled(): Promise<void> {
    return new Promise((resolve) => this.#whenCancelled.push(resolve));
  }

  followed(): Promise<void> {
    return new Promise((resolve) => this.#whenFollowed.push(resolve));
  }

  readonly port: Pick<Journal, 'read' | 'watch' | 'request'> = {
    read: async (id) =>
      id === this.plan.id ? { plan: this.plan, events: [...this.events], problems: [], ownerAlive: this.alive } : undefined,
    watch: (listener) => {
      this.#listeners.add(listener);
      for (const resolve of this.#whenFollowed.splice(0)) resolve();
      return () => this.#listeners.delete(listener);
    },
    request: async (_id, _request, by) => {
      this.cancels.push(by);
      for (const resolve of this.#whenCancelled.splice(0)) resolve();
    },
  };
}

interface Run {
  readonly journal: MemoryJournal;
  readonly terminal: FakeTerminal;
  starts: number;
  attach(options?: { id?: string; keepOpen?: boolean; foreground?: boolean }): Promise<ExitCode>;
}

/** @param onStart what the executor does when it is started. */
function stage(onStart: (journal: MemoryJournal) => void, execute?: Services['execute']): Run {
  const journal = new MemoryJournal(planOf([5, 6].map((day) => ['PDC', day] as const)));
  const terminal = new FakeTerminal();
  const run: Run = {
    journal,
    terminal,
    starts: 0,
    attach: ({ id = journal.plan.id, keepOpen = false, foreground = false } = {}) =>
      attach({ terminal, services, cwd: '/' }, { manifest: '/backfill.yaml', id, keepOpen, foreground }),
  };
  const services = {
    clock: { now: () => START + 10_000 },
    journal: () => journal.port as ReturnType<Services['journal']>,
    callLogs: async () => new CallLogs({ logPath: (_, log) => log, readBytes: async () => undefined, profileOf: () => ({}) }),
    planChanges: async () => [],
    startExecutor: async () => {
      run.starts += 1;
      onStart(journal);
      return 'started' as const;
    },
    foregroundSignals: () => new AbortController().signal,
    execute: execute ?? (async () => 'done' as const),
  } satisfies Partial<Services> as unknown as Services;
  return run;
}

const allDone = [
  started,
  attempted('PDC', 5),
  ended('PDC', 5, 1),
  attempted('PDC', 6),
  ended('PDC', 6, 1),
  { type: 'ended', result: 'done' },
] as const;

describe('attach', () => {
  it('starts the executor, prints a line for each partition and a summary', async () => {
    const run = stage((journal) => journal.say(...allDone));
    assert.equal(await run.attach(), 0);
    assert.equal(run.starts, 1);
    assert.equal(
      run.terminal.out,
      `[1/2] PDC 2021-11-05: done, 214 rows in 1 s
[2/2] PDC 2021-11-06: done, 214 rows in 1 s
Backfill 20261123T140211-pdc-ab12 is done after 5 s: 2 of 2 done.
`,
    );
    assert.equal(run.journal.watched, false);
  });

  it('only sums up what has ended, however often it is asked', async () => {
    const run = stage(() => assert.fail('started again'));
    run.journal.say(...allDone);
    assert.equal(await run.attach(), 0);
    assert.equal(await run.attach(), 0);
    const line = 'Backfill 20261123T140211-pdc-ab12 is done after 5 s: 2 of 2 done.\n';
    assert.equal(run.terminal.out, line + line);
  });

  it('prints every event once while it goes on', async () => {
    const run = stage((journal) => journal.say(started, attempted('PDC', 5)));
    const printed = run.terminal.print.bind(run.terminal);
    run.terminal.print = (text) => {
      printed(text);
      if (text.startsWith('[1/2]')) {
        run.journal.say(
          { type: 'note', message: 'waiting for the warehouse' },
          { type: 'skipped', processor: 'PDC', date: dateOf(6), why: 'BOX is missing' },
        );
        run.journal.say({ type: 'ended', result: 'failed' });
      }
    };
    const followed = run.journal.followed();
    const code = run.attach();
    await followed;
    run.journal.say(ended('PDC', 5, 1, { outcome: 'wroteNothing', rowsAfter: 0 }));
    assert.equal(await code, 1);
    assert.deepEqual(run.terminal.out.split('\n').slice(0, 4), [
      '[1/2] PDC 2021-11-05: wrote nothing, 0 rows in 1 s. ended without an error and changed nothing',
      'waiting for the warehouse',
      '[2/2] PDC 2021-11-06: skipped, BOX is missing',
      'Backfill 20261123T140211-pdc-ab12 ended with failures after 5 s: 0 of 2 done, 1',
    ]);
  });

  it('asks for a cancel on Ctrl+C and waits until it has ended', async () => {
    const run = stage((journal) => journal.say(started, attempted('PDC', 5)));
    const cancelled = run.journal.cancelled();
    const followed = run.journal.followed();
    const code = run.attach();
    await followed;
    run.terminal.interrupt();
    await cancelled;
    run.journal.say({ type: 'cancelRequested', by: 'Ctrl+C' }, { type: 'ended', result: 'cancelled' });
    assert.equal(await code, 130);
    assert.deepEqual(run.journal.cancels, ['Ctrl+C']);
    assert.match(
      run.terminal.out,
      /^Cancel requested by Ctrl\+C: what runs is being ended\.\nBackfill \S+ was cancelled after 3 s/,
    );
  });

  it('detaches on the second Ctrl+C', async () => {
    const run = stage((journal) => journal.say(started, attempted('PDC', 5)));
    const followed = run.journal.followed();
    const code = run.attach();
    await followed;
    run.terminal.interrupt();
    run.journal.say({ type: 'cancelRequested', by: 'Ctrl+C' });
    run.terminal.interrupt();
    assert.equal(await code, 130);
    assert.equal(run.journal.cancels.length, 1);
    assert.match(
      run.terminal.out,
      /Detached: the backfill is being cancelled without this terminal. To see it again: backfill attach 20261123T140211-pdc-ab12\n$/,
    );
  });

  it('leaves the backfill alone when its terminal is closed', async () => {
    const run = stage((journal) => journal.say(started, attempted('PDC', 5)));
    const followed = run.journal.followed();
    const code = run.attach();
    await followed;
    run.terminal.close();
    assert.equal(await code, 130);
    assert.deepEqual(run.journal.cancels, []);
  });

  it('says that the executor is gone', async () => {
    const run = stage(() => undefined);
    run.journal.say(started, attempted('PDC', 5));
    run.journal.alive = false;
    assert.equal(await run.attach(), 130);
    assert.equal(run.starts, 0);
    assert.match(run.terminal.out, /was interrupted: its executor is gone/);
    assert.match(run.terminal.out, /Next:\n {2}backfill resume /);
  });

  it('keeps the summary on the screen until Enter, and then ends without an error', async () => {
    const run = stage((journal) =>
      journal.say(started, ended('PDC', 5, 1, { outcome: 'failed', message: 'no' }), { type: 'ended', result: 'failed' }),
    );
    run.terminal.canAsk = true;
    const asked = new Promise<void>((resolve) => {
      const printed = run.terminal.print.bind(run.terminal);
      run.terminal.print = (text) => {
        printed(text);
        if (text.startsWith('Press Enter')) setImmediate(resolve);
      };
    });
    const code = run.attach({ keepOpen: true });
    const isOpen = async () => (await Promise.race([code, Promise.resolve('open')])) === 'open';
    run.terminal.type('\r'); // Typed before: not meant for the summary.
    await asked;
    assert.ok(await isOpen());
    run.terminal.type('x');
    assert.ok(await isOpen());
    run.terminal.type('\r');
    assert.equal(await code, 0);
  });

  it('does not wait for keys where nobody can type', async () => {
    const run = stage((journal) => journal.say(...allDone));
    assert.equal(await run.attach({ keepOpen: true }), 0);
    assert.doesNotMatch(run.terminal.out, /Press Enter/);
  });

  it('leaves nothing of the live table but the failures and the summary', async () => {
    const screen = new Screen(80);
    const run = stage((journal) =>
      journal.say(
        started,
        attempted('PDC', 5),
        ended('PDC', 5, 1),
        ended('PDC', 6, 1, { outcome: 'failed', message: 'exit code 1' }),
        {
          type: 'ended',
          result: 'failed',
        },
      ),
    );
    run.terminal.isTty = true;
    run.terminal.write = (text) => screen.write(String(text));
    run.terminal.print = (text) => screen.write(`${text}\n`);
    assert.equal(await run.attach(), 1);
    assert.equal(
      screen.text(),
      `[2/2] PDC 2021-11-06: failed, 214 rows in 1 s. exit code 1
Backfill 20261123T140211-pdc-ab12 ended with failures after 4 s: 1 of 2 done, 1
failed.

Failed:
  1  PDC: exit code 1
     2021-11-06

Next:
  backfill logs 20261123T140211-pdc-ab12 PDC 2021-11-06
  backfill gaps --processor PDC`,
    );
    assert.equal(screen.cursorShown, true);
  });

  it('executes here when asked to, and tells what went wrong', async () => {
    const run = stage(
      () => assert.fail('another process was started'),
      async () => {
        throw new Error('the warehouse is gone');
      },
    );
    await assert.rejects(run.attach({ foreground: true }), /the warehouse is gone/);
  });

  it('knows no other backfill', async () => {
    const run = stage(() => undefined);
    await assert.rejects(run.attach({ id: 'other' }), {
      message: "There is no backfill 'other'. 'backfill runs' lists them.",
      exitCode: 2,
    });
  });
});

import assert from 'node:assert/strict';
import type { BackfillEvent } from '../../../src/core/backfill/backfill';
import type { CommandLine } from '../../support/commandLine';
import type { Came, Tally } from './figures';
import { type JobStep, type Method, SLOTS, SmallPipeline } from './smallPipeline';
import { type Fault, type Sight, Trial } from './trial';

export interface KillTrial {
  readonly method: Method;
  readonly fault?: Fault;
  /** Where job.sh kills: see there. */
  readonly at?: { readonly step: string; readonly date: string; readonly who: 'child' | 'executor' | 'both' };
}

/**
 * Executes the small backfill until the kill, does what the words of its state tell to do, and holds what came of it against what must be.
 * @returns false when the backfill ended without having come to the kill.
 */
export async function killAndGoOn(cli: CommandLine, { method, fault, at }: KillTrial, tally: Tally): Promise<boolean> {
  const env = at === undefined ? {} : { FAULT_AT: `${at.step} ${at.date}`, FAULT_WHO: at.who };
  const trial = await Trial.in(cli, env);
  try {
    const pipeline = await SmallPipeline.make(trial.folder, method);
    await trial.launch({ dates: pipeline.dates, slots: SLOTS });
    const ended = await trial.executor(fault).ended;
    const orphans = trial.processes().length;
    await trial.quiet();
    const steps = trial.steps();
    const killed = at !== undefined || steps.some((step) => step.startsWith('killed'));
    const where = JSON.stringify({ method, at, killed: steps.findLast((step) => !step.startsWith('killed')) });
    try {
      const cut = await trial.look();
      const builtBefore = await pipeline.built();
      const callsBefore = (await pipeline.jobSteps()).length;
      if (!killed) {
        assert.equal(cut.progress.phase, 'done', cut.words);
        return false;
      }
      if (ended.signal === 'SIGKILL') explainsItself(cut);
      if (cut.progress.phase !== 'done') await goOn(trial, cut);
      const came = await outcome(trial, pipeline, { cut, builtBefore, callsBefore });
      tally.add({ ...came, faults: 1 });
      return true;
    } catch (thrown) {
      const detail = `${where}\nexecutor: ${ended.signal ?? ended.code} ${ended.err}, ${orphans} jobs left\n${await trial.eventsText()}`;
      throw new Error(`${String(thrown)}\n${detail}`, { cause: thrown });
    }
  } finally {
    await trial.dispose();
  }
}

function explainsItself({ progress: { phase }, words }: Sight): void {
  assert.ok(phase === 'interrupted' || phase === 'planned' || phase === 'done', `a killed backfill is ${phase}`);
  if (phase === 'interrupted') assert.match(words, /was interrupted/);
  if (phase === 'planned') assert.match(words, /has not started/);
}

async function goOn(trial: Trial, { progress: { phase } }: Sight): Promise<void> {
  // A backfill that lost only jobs ended by itself: their dates are gaps like any others.
  const again = ['run', '--processor', 'J', '--choose', 'missing,failed,partial,suspect'];
  const { code, out, err } = phase === 'failed' ? await trial.run(...again) : await trial.goOn();
  assert.equal(code, 0, `${out}\n${err}`);
}

async function outcome(
  trial: Trial,
  pipeline: SmallPipeline,
  before: { readonly cut: Sight; readonly builtBefore: ReadonlyMap<string, string>; readonly callsBefore: number },
): Promise<Omit<Came, 'faults'>> {
  const { cut, builtBefore, callsBefore } = before;
  await trial.quiet();
  const orphans = trial.processes().length;
  const built = await pipeline.built();
  const steps = await pipeline.jobSteps();
  const lost = pipeline.dates.filter((date) => !built.has(date));
  const begunAgain = steps.slice(callsBefore).flatMap(({ step, date }) => (step === 'begun' ? [date] : []));
  const repeated = [...builtBefore.keys()].filter(
    (date) => built.get(date) !== builtBefore.get(date) || begunAgain.includes(date),
  );
  const finished = doneIn(cut.record.events);
  assert.deepEqual(lost, [], 'every date is there');
  assert.deepEqual(
    repeated.filter((date) => finished.has(date)),
    [],
    'nothing that the journal calls done was run again',
  );
  const inHand = lastOfCalls(steps.slice(0, callsBefore));
  if (pipeline.method === 'sql') assert.deepEqual(repeated, [], 'a transaction that was committed is not run again');
  else if (pipeline.method === 'date') assert.ok(repeated.length <= SLOTS, `run again: ${repeated.join(', ')}`);
  else
    assert.deepEqual(
      repeated.filter((date) => !inHand.has(date)),
      [],
      'of a call only the date in hand is run again',
    );

  if (cut.progress.phase !== 'failed') await trial.isOver();
  for (const date of pipeline.dates) assert.equal(await trial.fixture.statusOf('J', date), 'complete');
  assert.deepEqual(await trial.claims(), [], 'no claim is left');
  return { repeats: repeated.length, lost: lost.length, orphans };
}

function doneIn(events: readonly BackfillEvent[]): ReadonlySet<string> {
  return new Set(events.flatMap((event) => (event.type === 'attemptEnded' && event.outcome === 'done' ? [event.date] : [])));
}

/** The last date that each call of job.sh made. */
function lastOfCalls(steps: readonly JobStep[]): ReadonlySet<string> {
  return new Set(new Map(steps.flatMap(({ step, date, pid }) => (step === 'made' ? [[pid, date] as const] : []))).values());
}

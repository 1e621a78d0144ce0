import { messageOf } from '../../base/logger';
import type { ManifestChoice, Plan } from '../../core/backfill/backfill';
import { PRESETS } from '../../core/manifest/presets';
import { readManifest } from '../../core/manifest/readManifest';
import { changesOf, isRunAsPlanned, jobsAsTheyAreNow, type PlanInputs, type RunBasis } from '../../core/plan/planInputs';
import { type Journal, JournalError } from '../journal';
import { digest, readSqlTexts } from './sqlTexts';

type ReadText = (path: string) => Promise<string>;

/** The texts that a plan rests on, as the files are now. Rejects when the manifest cannot be read, or says something else than the plan. */
export async function inputsOf(plan: Plan, readText: ReadText): Promise<PlanInputs> {
  const text = await readText(plan.manifest);
  const now = await basisOf(text, undefined, plan.manifest, readText);
  if (typeof now === 'string' || plan.jobs.some((job) => !isRunAsPlanned(job, plan, now, digest)))
    throw new JournalError('changed', 'The manifest has changed since this plan was made: plan again.');
  const named = [...PRESETS].filter(([name]) => text.includes(`preset:${name}`));
  return { manifest: text, presets: Object.fromEntries(named), sql: Object.fromEntries(now.sqlTexts) };
}

/** What a plan was made from, and what is there now. */
export interface PlanBasis {
  /** Absent for plans of releases that did not keep it. */
  readonly planned?: RunBasis;
  /** A string is why the manifest cannot be read now. */
  readonly now: RunBasis | string;
  /** What has changed, a sentence each. */
  readonly changes: readonly string[];
}

/** Never rejects for what the manifest says now. */
export async function readPlanBasis(plan: Plan, journal: Pick<Journal, 'inputs'>, readText: ReadText): Promise<PlanBasis> {
  const inputs = await journal.inputs(plan.id);
  const planned =
    inputs === undefined
      ? undefined
      : await basisOf(inputs.manifest, new Map(Object.entries(inputs.presets)), plan.manifest, readText, inputs.sql);
  const now = await readText(plan.manifest).then(
    (text) => basisOf(text, undefined, plan.manifest, readText),
    (thrown: unknown) => messageOf(thrown),
  );
  const kept = typeof planned === 'object' ? planned : undefined;
  if (typeof now === 'string')
    return { ...(kept !== undefined && { planned: kept }), now, changes: [`${plan.manifest} cannot be read any more: ${now}`] };
  if (kept !== undefined) {
    const edited = plan.jobs.filter((job) => !isRunAsPlanned(job, plan, kept, digest));
    const sentences = edited.map(
      ({ processor }) => `${processor}: plan.json tells another job than the manifest that it was made from.`,
    );
    return { planned: kept, now, changes: [...sentences, ...changesOf(plan, kept, now)] };
  }
  const changed = plan.jobs.filter((job) => !isRunAsPlanned(job, plan, now, digest));
  return { now, changes: changed.map(({ processor }) => `${processor}: its command or SQL changed.`) };
}

/** What a session goes by. */
export interface ChosenBasis extends RunBasis {
  /** With the jobs as they are to be run. */
  readonly plan: Plan;
}

/** Throws a JournalError where something has changed and nobody has said what to go by, or that is not possible. */
export function chooseBasis(plan: Plan, basis: PlanBasis, choice: ManifestChoice | undefined): ChosenBasis {
  const { planned, now, changes } = basis;
  if (changes.length === 0 && typeof now === 'object') return { plan, ...now };
  if (choice === undefined) throw new JournalError('changed', `${changes.join(' ')} ${CHOOSE}`);
  if (choice === 'asPlanned') {
    if (planned !== undefined) return { plan, ...planned };
    throw new JournalError('changed', `${plan.id} was planned before texts were kept with plans: go on with --as-it-is-now.`);
  }
  const jobs = typeof now === 'string' ? undefined : jobsAsTheyAreNow(plan, now, digest);
  if (typeof now === 'string' || jobs === undefined)
    throw new JournalError('changed', `${changes.join(' ')} It can only go on with --as-planned.`);
  return { plan: { ...plan, jobs }, ...now };
}

const CHOOSE = 'Say what to go by: --as-planned, or --as-it-is-now.';

/** A string is why the manifest cannot be read. */
async function basisOf(
  text: string,
  presets: ReadonlyMap<string, string> | undefined,
  manifest: string,
  readText: ReadText,
  sql?: Readonly<Record<string, string>>,
): Promise<RunBasis | string> {
  const { pipeline, problems } = readManifest(text, presets ?? PRESETS);
  if (pipeline === undefined) return problems.find(({ severity }) => severity === 'error')?.message ?? 'it has a mistake.';
  return {
    pipeline,
    sqlTexts: sql === undefined ? await readSqlTexts(pipeline, { manifest, readText }) : new Map(Object.entries(sql)),
  };
}

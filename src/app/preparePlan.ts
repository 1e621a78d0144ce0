import { createHash, randomInt } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { parseDay } from '../base/day';
import type { Plan, PlanRequest } from '../core/backfill';
import type { CoverageGrid, CoverageInput } from '../core/coverage';
import { makePlan } from '../core/planner';
import { partitionKey } from '../core/words';
import { type Journal, JournalError } from './journal';

export interface PlanFiles {
  /** Absolute path of the manifest; SQL files are relative to its folder. */
  readonly manifest: string;
  /** Rejects when the file cannot be read. */
  readonly readText: (path: string) => Promise<string>;
}

/** Makes a plan from the coverage as it was last read. Nothing is written. */
export async function preparePlan(
  { input, grid }: { readonly input: CoverageInput; readonly grid: CoverageGrid },
  request: PlanRequest,
  files: PlanFiles,
): Promise<Plan> {
  const texts = await readSqlTexts(input.pipeline, files);
  const salt = Array.from({ length: 4 }, () => SALT.charAt(randomInt(SALT.length))).join('');
  return makePlan({ input, grid, request, manifest: files.manifest, salt, sqlText: (file) => texts.get(file), digest });
}

/**
 * Writes a plan, so that an executor can be started for it. Rejects with a JournalError of kind `held` when another backfill has come to
 * hold a partition of it since it was made.
 */
export async function launchPlan(plan: Plan, journal: Pick<Journal, 'create' | 'ledger'>): Promise<void> {
  const { active } = await journal.ledger();
  const held = plan.partitions.flatMap(({ processor, date, action }) => {
    const day = parseDay(date);
    const other = action === 'run' && day !== undefined ? active.get(partitionKey(processor, day)) : undefined;
    return other === undefined ? [] : [{ key: `${processor} ${date}`, backfill: other.backfill }];
  });
  const first = held[0];
  if (first !== undefined) {
    const more = held.length === 1 ? '' : ` and ${held.length - 1} more`;
    throw new JournalError(
      'held',
      `Backfill ${first.backfill} has ${first.key}${more}: wait for it or cancel it, then plan again.`,
    );
  }
  await journal.create(plan);
}

/** The SQL files of a pipeline by the names that the manifest gives them; those that cannot be read are left out. */
export async function readSqlTexts(pipeline: CoverageInput['pipeline'], files: PlanFiles): Promise<ReadonlyMap<string, string>> {
  const names = new Set(
    pipeline.processors.flatMap(({ run }) => run.flatMap((method) => (method.kind === 'sql' ? [method.file] : []))),
  );
  const texts = new Map<string, string>();
  for (const name of names) {
    const text = await files.readText(resolve(dirname(files.manifest), name)).catch(() => undefined);
    if (text !== undefined) texts.set(name, text);
  }
  return texts;
}

/** SHA-256 in hexadecimal digits. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

const SALT = 'abcdefghijkmnpqrstuvwxyz23456789';

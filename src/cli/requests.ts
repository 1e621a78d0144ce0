import type { BackfillRecord, Journal } from '../app/journal';
import { type BackfillProgress, progressOf } from '../core/backfill/progress';
import { unknownBackfill } from './attach';
import type { Context } from './command';
import { findManifest } from './manifestFile';

/** A backfill to ask something of, with the absolute path of its manifest. Throws a CommandFailure where there is none. */
export async function backfillOf(
  { services, cwd }: Context,
  manifest: string | undefined,
  id: string,
): Promise<
  { readonly manifest: string; readonly journal: Journal; readonly progress: BackfillProgress } & Pick<BackfillRecord, 'unseen'>
> {
  const path = await findManifest(cwd, manifest);
  const journal = services.journal(path);
  const record = await journal.read(id);
  if (record === undefined) throw unknownBackfill(id);
  const { plan, events, ownerAlive, jobsLeft, unseen } = record;
  const progress = progressOf(plan, events, ownerAlive, jobsLeft);
  return { manifest: path, journal, progress, ...(unseen !== undefined && { unseen }) };
}

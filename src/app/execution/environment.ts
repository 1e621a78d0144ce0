import { JournalError } from '../journal';
import { LostJobError, WarehouseError, type WarehouseErrorKind } from '../ports';

/** Kinds of trouble that are nobody's partition's, and that may pass. */
const OF_ENVIRONMENT: ReadonlySet<WarehouseErrorKind> = new Set([
  'busy',
  'quota',
  'signIn',
  'unreachable',
  'missingFile',
  'project',
  'diskFull',
]);
const FULL: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EROFS']);

/** A disk that takes nothing more: full, over a quota, failing, or mounted for reading only. */
export function isDiskFull(thrown: unknown): thrown is Error {
  if (thrown instanceof JournalError) return thrown.kind === 'full';
  if (thrown instanceof WarehouseError) return thrown.kind === 'diskFull';
  return thrown instanceof Error && 'code' in thrown && FULL.has(thrown.code);
}

/** Whether the surroundings failed, and not what was done in them: it may be done again, as it was, once they are well. */
export function isOfEnvironment(thrown: unknown): thrown is Error {
  if (thrown instanceof LostJobError) return false;
  if (thrown instanceof WarehouseError) return OF_ENVIRONMENT.has(thrown.kind);
  return isDiskFull(thrown);
}

import type { PartitionObservation } from './observation';

const FINGERPRINT = /^r(\d+) e(\S+) k(\S+) w(\S+) c(\S*)$/;

/** What a fingerprint says of a partition; undefined for a text that is none. The inverse of `fingerprintOf`. */
export function parseFingerprint(text: string): Omit<PartitionObservation, 'day' | 'content'> | undefined {
  const match = FINGERPRINT.exec(text);
  if (match === null) return undefined;
  const [, rows, entities, keys, written, checks] = match;
  return {
    rows: Number(rows),
    ...(entities !== '-' && { entities: Number(entities) }),
    ...(keys !== '-' && { keys: Number(keys) }),
    ...(written !== '-' && { written: Number(written) }),
    checks: checks === undefined || checks === '' ? [] : checks.split(',').map(Number),
  };
}

/**
 * Whether two fingerprints tell of the same content. Parts that only one of them has say nothing, so that declaring an entity or a
 * check in the manifest makes nothing stale.
 */
export function sameFingerprint(left: string, right: string): boolean {
  if (left === right) return true;
  const a = FINGERPRINT.exec(left);
  const b = FINGERPRINT.exec(right);
  if (a === null || b === null || a[1] !== b[1]) return false;
  if (a[1] === '0') return true;
  const silent = (part: string | undefined) => part === undefined || part === '-' || part === '';
  const agree = (i: number) => silent(a[i]) || silent(b[i]) || a[i] === b[i];
  const checksDiffer = a[5]?.split(',').length === b[5]?.split(',').length && !agree(5);
  return agree(2) && agree(3) && agree(4) && !checksDiffer;
}

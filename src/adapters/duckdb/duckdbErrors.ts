import { basename } from 'node:path';
import { WarehouseError } from '../../app/ports';
import { messageOf } from '../../base/logger';

const HELD = /Could not set lock on file|being used by another process/;
const HOLDER = /held in (?<command>.*?) \(PID (?<pid>\d+)\)/;
const MISSING = /database does not exist/;
const NEWER = /newer version of DuckDB|but we can only read versions? between/;
const NO_DATABASE = /not a valid DuckDB database file/;
const DAMAGED = /Corrupt database file|does not match stored checksum|Serialization Error/;
/** The system's own words for a disk that takes nothing more. */
const FULL = /No space left on device|Disk quota exceeded|There is not enough space on the disk|Read-only file system/;
const REFUSED = /^Permission Error|file system operations are disabled/;

/** Another process holds the file: worth another try. */
export function isHeld(thrown: unknown): boolean {
  return HELD.test(messageOf(thrown));
}

/** Why a database file could not be opened, in words that say what to do. */
export function openError(path: string, thrown: unknown, purpose: 'read' | 'write'): WarehouseError {
  if (thrown instanceof WarehouseError) return thrown;
  const text = messageOf(thrown);
  const file = basename(path);
  if (HELD.test(text)) {
    const holder = HOLDER.exec(text)?.groups;
    const who = holder === undefined ? 'another process' : `process ${holder['pid']} (${basename(holder['command'] ?? '')})`;
    const message =
      purpose === 'read'
        ? `${file} is being written by ${who}. What is shown is the last answer, with its age; it is read again once that process is done.`
        : `${file} is in use by ${who}: close it there or wait until it is done.`;
    return new WarehouseError('busy', message, holder === undefined ? undefined : Number(holder['pid']));
  }
  if (MISSING.test(text)) return missingWarehouse(path);
  if (NEWER.test(text))
    return new WarehouseError(
      'unsupported',
      `${file} was written by a newer DuckDB than the one built in here: update Backfill Explorer, or write the file with an older storage version.`,
    );
  if (NO_DATABASE.test(text))
    return new WarehouseError('unsupported', `${file} is not a DuckDB database: correct \`warehouse.path\` in the manifest.`);
  if (FULL.test(text)) return diskFull(file, text);
  if (DAMAGED.test(text))
    return new WarehouseError(
      'unreachable',
      `${file} is damaged and cannot be read: restore it from a copy. (${firstLine(text)})`,
    );
  return new WarehouseError('unreachable', `${file} cannot be opened: ${firstLine(text)}`);
}

export function missingWarehouse(path: string): WarehouseError {
  return new WarehouseError(
    'missingFile',
    `${path} does not exist: run the job that creates it, or correct \`warehouse.path\` in the manifest.`,
  );
}

function diskFull(subject: string, text: string): WarehouseError {
  return new WarehouseError(
    'diskFull',
    `${subject} cannot be written, because the disk takes nothing more: make space. (${firstLine(text)})`,
  );
}

/** Why a statement could not be prepared or run. `subject` names what it belongs to, such as `PDC: check \`filled\``. */
export function queryError(subject: string, thrown: unknown): WarehouseError {
  if (thrown instanceof WarehouseError) return thrown;
  const text = messageOf(thrown);
  if (FULL.test(text)) return diskFull(subject, text);
  return REFUSED.test(text)
    ? new WarehouseError('refused', `${subject} may not reach files: ${firstLine(text)}`)
    : new WarehouseError('invalidSql', `${subject}: ${firstLine(text)}`);
}

/** DuckDB's own words without its drawing of the statement. */
function firstLine(text: string): string {
  const [head = '', ...rest] = text.split(/\r?\n/);
  const candidates = rest.find((line) => line.startsWith('Candidate bindings') || line.startsWith('Did you mean'));
  return candidates === undefined ? head : `${head} ${candidates}`;
}

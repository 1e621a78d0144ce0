import type { Status } from '../base/status';
import type { Tone } from './terminal';

/** One narrow symbol a status, always shown beside its word. */
export const STATUS_SYMBOLS: Readonly<Record<Status, string>> = {
  off: '-',
  running: '▸',
  queued: '⋯',
  blocked: '⊘',
  failed: '✗',
  missing: '∅',
  suspect: '!',
  partial: '<',
  stale: '~',
  complete: '✓',
  unknown: '?',
};

export const STATUS_TONES: Readonly<Record<Status, Tone>> = {
  off: 'quiet',
  running: 'strong',
  queued: 'quiet',
  blocked: 'bad',
  failed: 'bad',
  missing: 'bad',
  suspect: 'warning',
  partial: 'warning',
  stale: 'warning',
  complete: 'good',
  unknown: 'warning',
};

/** `✗ failed`. */
export function statusLabel(status: Status): string {
  return `${STATUS_SYMBOLS[status]} ${status}`;
}

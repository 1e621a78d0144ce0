import type { FileHandle } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { SilenceWatch } from '../../app/execution/children';

const TICK_MS = 250;
/** Who comes back from so long a tick was asleep, or stopped: a job that slept with it has not been silent, and has lost no time. */
const ASLEEP_MS = 2_000;

export interface JobWatch {
  readonly timeoutMs?: number;
  readonly overtime: () => void;
  readonly silence?: SilenceWatch;
  /** Ends the watch, after one last look. */
  readonly stop: AbortSignal;
}

/**
 * Looks at the log of a job a few times a second while it runs. Writes `offset epochMs` into the index while the log grows: what lies before the offset
 * had arrived by then. Counts the time that the job is awake against its limit, and the time in which it says nothing.
 */
export async function watchJob(log: FileHandle, index: FileHandle, watch: JobWatch): Promise<void> {
  const { timeoutMs = Number.POSITIVE_INFINITY, silence, stop } = watch;
  let { size: last } = await log.stat();
  let at = performance.now();
  let awakeMs = 0;
  let quietMs = 0;
  let longestMs = 0;
  let isOver = false;
  let isSilent = false;
  for (let ended = false; !ended; ) {
    await delay(TICK_MS, undefined, { signal: stop }).catch(() => {
      ended = true;
    });
    const now = performance.now();
    const passed = now - at > ASLEEP_MS ? TICK_MS : now - at;
    at = now;
    awakeMs += passed;
    const { size } = await log.stat();
    if (size === last) {
      quietMs += passed;
      longestMs = Math.max(longestMs, quietMs);
    } else {
      quietMs = 0;
      // A disk without space for an arrival ends nothing.
      await index.appendFile(`${size} ${Date.now()}\n`).catch(() => undefined);
    }
    last = size;
    if (silence !== undefined && !ended && quietMs >= silence.afterMs !== isSilent) {
      isSilent = !isSilent;
      if (isSilent) silence.silent(quietMs / 1000);
      else silence.heard();
    }
    if (awakeMs >= timeoutMs && !isOver) {
      isOver = true;
      watch.overtime();
    }
  }
  silence?.ended(longestMs / 1000);
}

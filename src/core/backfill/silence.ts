import { counted, formatSeconds } from '../../base/figures';

export interface SilenceLimit {
  /** Milliseconds. */
  readonly afterMs: number;
  /** Why it is that, for people. */
  readonly basis: string;
}

/** For jobs of which too little is known. */
const DEFAULT_MS = 10 * 60_000;
const LEAST_MS = 60_000;
const FACTOR = 3;
const ENOUGH = 3;

/**
 * How long a job may say nothing before it is called silent: what the manifest says, else three times the longest silence of its earlier attempts, at
 * least a minute, else ten minutes.
 * @param longest seconds: the longest silences of attempts of the same processor.
 */
export function silenceLimit(declaredMs: number | undefined, longest: readonly number[]): SilenceLimit {
  if (declaredMs !== undefined) return { afterMs: declaredMs, basis: `the manifest allows ${formatSeconds(declaredMs / 1000)}` };
  if (longest.length < ENOUGH) {
    const basis = `${formatSeconds(DEFAULT_MS / 1000)} is the limit until ${ENOUGH} attempts have told how long its silences are`;
    return { afterMs: DEFAULT_MS, basis };
  }
  const most = longest.reduce((a, b) => Math.max(a, b), 0);
  const basis = `its longest silence in ${counted(longest.length, 'attempt')} was ${formatSeconds(most)}`;
  return { afterMs: Math.max(LEAST_MS, FACTOR * most * 1000), basis };
}

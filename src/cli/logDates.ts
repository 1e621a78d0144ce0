import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { BackfillRecord, Journal } from '../app/journal';
import { type LogSource, MOST_OF_A_LOG, readLog } from '../app/logs/readLog';
import { BUILT_IN_PROFILES } from '../core/logs/builtIn/profiles';
import { guessProfile } from '../core/logs/guessProfile';
import type { LogPatterns, Pipeline } from '../core/pipeline';
import { usageError } from './exitCodes';
import type { LogChoice } from './logReader';
import { didYouMean } from './parseCommandLine';
import type { ReadLog } from './render/logDatesText';

/** As much of a log as shows what kind of log it is. */
const SAMPLE = 1 << 18;
const GENERIC = 'generic';

/** Reads logs by date: those of a backfill's calls, or any file. */
export class DatesReader {
  readonly #source: LogSource;
  readonly #profiles: ReadonlyMap<string, LogPatterns>;
  readonly #given: string | undefined;

  /**
   * @param pipeline whose profiles are known beside the built-in ones, where there is a manifest.
   * @param given the profile that was asked for. A profile that there is not ends the command.
   */
  constructor(source: LogSource, pipeline: Pipeline | undefined, given: string | undefined) {
    this.#source = source;
    this.#profiles = new Map([...BUILT_IN_PROFILES, ...(pipeline?.logProfiles ?? [])]);
    this.#given = given;
    const known = [...this.#profiles.keys()];
    if (given !== undefined && !this.#profiles.has(given))
      throw usageError(`There is no log profile '${given}'.${didYouMean(given, known)} Known: ${known.join(', ')}.`);
  }

  /** A file, by the profile that was asked for or the one that knows it best. */
  async file(path: string, cwd: string): Promise<ReadLog> {
    const absolute = resolve(cwd, path);
    const profile = this.#given ?? guessProfile(await this.#sample(absolute), this.#profiles) ?? GENERIC;
    const { size } = await stat(absolute);
    const digest = await readLog(this.#source, absolute, this.#profiles.get(profile) ?? {});
    return { log: basename(path), profile, ...(size > MOST_OF_A_LOG && { bytes: size }), digest };
  }

  /** The logs of a backfill's calls, in the order in which they began, each by the profile of its processor. */
  async backfill({ plan, events }: BackfillRecord, journal: Pick<Journal, 'logPath'>, choice: LogChoice, pipeline: Pipeline) {
    const logs = new Map<string, string>();
    for (const event of events) {
      if (event.type !== 'attemptStarted' || logs.has(event.log)) continue;
      if (choice.processor !== undefined && event.processor !== choice.processor) continue;
      if (choice.date !== undefined && event.date !== choice.date) continue;
      logs.set(event.log, event.processor);
    }
    const found: ReadLog[] = [];
    for (const [log, processor] of logs) {
      const own = pipeline.processors.find(({ id }) => id === processor)?.log;
      const profile = this.#given ?? (own !== undefined && this.#profiles.has(own) ? own : GENERIC);
      const digest = await readLog(this.#source, journal.logPath(plan.id, log), this.#profiles.get(profile) ?? {});
      const dates = choice.date === undefined ? digest.dates : digest.dates.filter(({ date }) => date === choice.date);
      found.push({ log, profile, processor, digest: { ...digest, dates } });
    }
    return found;
  }

  async #sample(path: string): Promise<string> {
    let sample = '';
    for await (const text of this.#source(path)) {
      sample += text;
      if (sample.length >= SAMPLE) break;
    }
    return sample;
  }
}

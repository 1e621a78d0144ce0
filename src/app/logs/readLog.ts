import { logProfile } from '../../core/logs/builtIn/profiles';
import { LogDigester } from '../../core/logs/digestLog';
import type { LogDigest } from '../../core/logs/logDigest';
import type { LogPatterns, Pipeline } from '../../core/pipeline';

/**
 * The text of a log in chunks; of a very long one its end. Nothing where there is none or it cannot be read: logs only explain.
 * @param path absolute.
 */
export type LogSource = (path: string) => AsyncIterable<string>;

/** What is read of a log at most, in bytes: its end. Reading this much takes a few seconds. */
export const MOST_OF_A_LOG = 64 << 20;

/** The profile that a processor's logs are read with; the generic one where it names none that there is. */
export function profileOf(pipeline: Pick<Pipeline, 'logProfiles' | 'processors'> | undefined, processor: string): LogPatterns {
  const name = pipeline?.processors.find(({ id }) => id === processor)?.log;
  return logProfile(pipeline, name) ?? logProfile(pipeline, undefined) ?? {};
}

/** Reads a log from its first line, or from the first that is not too far from its end. Never rejects. */
export async function readLog(source: LogSource, path: string, profile: LogPatterns): Promise<LogDigest> {
  const reader = new LogDigester(profile);
  for await (const text of source(path)) reader.feed(text);
  reader.end();
  return reader.digest();
}

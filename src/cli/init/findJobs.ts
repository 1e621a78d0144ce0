import { relative, sep } from 'node:path';
import { fileText } from './fileText';
import { type JobFlags, jobFlagsIn, type Language } from './jobFlags';
import { walk } from './walk';

/** A script that takes dates. */
export interface Job {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  readonly language: Language;
  readonly flags: JobFlags;
}

const LANGUAGES: readonly (readonly [RegExp, Language])[] = [
  [/\.py$/, 'python'],
  [/\.(js|mjs|cjs)$/, 'node'],
  [/\.(sh|bash)$/, 'shell'],
];
/** Names that no manifest can hold, or that would stand for dates in it. */
const UNWRITABLE = /[\p{Cc}{}]/u;
const NO_JOB = /^(test_|conftest\.|setup\.)|[._-](test|spec)\.|_test\./;
const NO_JOBS = /^(tests?|__tests__|docs?|examples?|fixtures?)$/i;
const MOST_SCRIPTS = 2000;
/** What is longer is no script that somebody wrote. */
const MOST_BYTES = 256 * 1024;

/** The scripts below a folder that take dates, by path. Files are read, none is executed; their number and size are bounded. */
export async function findJobs(folder: string): Promise<readonly Job[]> {
  const scripts: { readonly path: string; readonly language: Language }[] = [];
  await walk(folder, async ({ name, path, isFolder }) => {
    if (isFolder) return !NO_JOBS.test(name) && !UNWRITABLE.test(name);
    const language =
      NO_JOB.test(name) || UNWRITABLE.test(name) ? undefined : LANGUAGES.find(([ending]) => ending.test(name))?.[1];
    if (language !== undefined && scripts.length < MOST_SCRIPTS) scripts.push({ path, language });
    return false;
  });
  const jobs: Job[] = [];
  for (const { path, language } of scripts) {
    const flags = jobFlagsIn(await fileText(path, MOST_BYTES), language);
    if (flags !== undefined) jobs.push({ path: relative(folder, path).split(sep).join('/'), language, flags });
  }
  return jobs.sort((a, b) => (a.path < b.path ? -1 : 1));
}

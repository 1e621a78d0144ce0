import type { Job } from './findJobs';

/** Words that say that something is a job, not which. */
const COMMON = new Set(
  'backfill backfills job jobs run runner script scripts main process processor processing pipeline task etl the of for a tbl table'.split(
    ' ',
  ),
);
/** Half of all words in common: below that a match misleads more often than it helps. */
const LEAST = 0.5;

/**
 * The job that each table is most likely filled by, told by the words in their names; a job fills one table. Tables and jobs that
 * resemble nothing are left out.
 * @param tables as `dataset.table`.
 */
export function matchJobs(tables: readonly string[], jobs: readonly Job[]): ReadonlyMap<string, Job> {
  const pairs = tables
    .flatMap((table) => {
      const wanted = wordsOf(table.split('.').at(-1) ?? table);
      return jobs.map((job) => ({ table, job, score: scoreOf(wanted, job) }));
    })
    .filter(({ score }) => score >= LEAST)
    .sort((a, b) => b.score - a.score || compare(a.table, b.table) || compare(a.job.path, b.job.path));
  const found = new Map<string, Job>();
  const taken = new Set<Job>();
  for (const { table, job } of pairs) {
    if (found.has(table) || taken.has(job)) continue;
    found.set(table, job);
    taken.add(job);
  }
  return found;
}

/** The share of words in common with the script's name, or with its folder's where the script is called `main.py`. */
function scoreOf(wanted: ReadonlySet<string>, { path }: Job): number {
  const [folder = '', file = ''] = path.split('/').slice(-2).length === 2 ? path.split('/').slice(-2) : ['', path];
  return Math.max(...[file.replace(/\.\w+$/, ''), folder].map((name) => shared(wanted, wordsOf(name))));
}

function shared(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const both = [...a].filter((word) => b.has(word)).length;
  return both === 0 ? 0 : both / (a.size + b.size - both);
}

function wordsOf(name: string): ReadonlySet<string> {
  const words = name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '' && !COMMON.has(word) && !/^v?\d+$/.test(word))
    .map((word) => (word.length > 3 ? word.replace(/ies$/, 'y').replace(/s$/, '') : word));
  return new Set(words);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

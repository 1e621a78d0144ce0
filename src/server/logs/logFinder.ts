import type { BackfillRecord } from '../../app/journal';
import {
  expressionOf,
  FIND_LIMITS,
  type FoundInLog,
  type LogSearch,
  MOST_LOGS,
  type SearchEnd,
  unsearched,
} from '../../app/logs/findInLogs';
import { counted, formatCount } from '../../base/figures';
import { messageOf } from '../../base/logger';
import type { FindResult, FoundLogLines } from '../../protocol/logs';
import type { NodeTarget } from '../../protocol/targets';
import { STATES } from '../backfills/backfillsTree';
import { type BackfillLog, logsOf } from './backfillLogs';

export interface LogFinderDeps {
  /** The backfills that are known, newest first. */
  readonly records: () => readonly BackfillRecord[];
  readonly record: (backfill: string) => Promise<BackfillRecord | undefined>;
  readonly logPath: (backfill: string, log: string) => string;
  readonly search: LogSearch;
  readonly now: () => number;
}

interface Candidate {
  readonly backfill: string;
  readonly log: BackfillLog;
}

/** Looks for an expression in the logs of many dates. One search at a time: another ends it. */
export class LogFinder {
  readonly #deps: LogFinderDeps;
  #running: AbortController | undefined;

  constructor(deps: LogFinderDeps) {
    this.#deps = deps;
  }

  stop(): void {
    this.#running?.abort();
  }

  async find(text: string, target: NodeTarget): Promise<FindResult> {
    const pattern = readExpression(text);
    this.stop();
    const running = new AbortController();
    this.#running = running;
    const candidates = await this.#candidates(target);
    const searched = candidates.slice(0, MOST_LOGS);
    const paths = searched.map(({ backfill, log }) => this.#deps.logPath(backfill, log.log));
    const found: FoundInLog[] = [];
    const start = this.#deps.now();
    const how = await this.#deps.search(paths, pattern, { signal: running.signal, found: (one) => void found.push(one) });
    return {
      logs: found.flatMap((one) => linesOf(one, searched[one.log]) ?? []),
      searched: found.length,
      bytes: found.reduce((sum, { bytes }) => sum + bytes, 0),
      ms: this.#deps.now() - start,
      leftOut: leftOut(how, found, candidates),
    };
  }

  /** Logs of the target, those of a partition's last attempt only; by processor and date. */
  async #candidates({ backfill, nodes, dates, from, to }: NodeTarget): Promise<readonly Candidate[]> {
    if (backfill !== undefined && nodes === undefined) {
      const record = await this.#deps.record(backfill);
      return record === undefined ? [] : logsOf(record).map((log) => ({ backfill, log }));
    }
    const wanted = (log: BackfillLog, date: string) =>
      (nodes === undefined || nodes.includes(log.processor)) &&
      (dates === undefined || dates.includes(date)) &&
      (from === undefined || from <= date) &&
      (to === undefined || date <= to);
    const seen = new Set<string>();
    const chosen: Candidate[] = [];
    for (const record of this.#deps.records()) {
      for (const log of logsOf(record).toReversed()) {
        const fresh = log.dates.filter((date) => wanted(log, date) && !seen.has(`${log.processor} ${date}`));
        for (const date of fresh) seen.add(`${log.processor} ${date}`);
        if (fresh.length > 0) chosen.push({ backfill: record.plan.id, log });
      }
    }
    const key = ({ log }: Candidate) => `${log.processor} ${log.dates.toSorted()[0]}`;
    return chosen.sort((a, b) => (key(a) < key(b) ? -1 : 1));
  }
}

function readExpression(text: string): RegExp {
  try {
    return expressionOf(text);
  } catch (error) {
    throw new Error(`${text} is no regular expression: ${messageOf(error)}`);
  }
}

function linesOf({ hits, more }: FoundInLog, candidate: Candidate | undefined): FoundLogLines | undefined {
  if (candidate === undefined || hits.length + more === 0) return undefined;
  const { backfill, log } = candidate;
  const bad = [...log.endings].filter(([, { outcome }]) => outcome !== 'done');
  const outcomes = [...new Set([...log.endings.values()].map(({ outcome }) => STATES[outcome].words))];
  return {
    id: { backfill, log: log.name },
    node: log.processor,
    title: log.title,
    detail: log.open ? 'running' : outcomes.join(', '),
    failed: bad.map(([date]) => date),
    hits,
    more,
  };
}

function leftOut(how: SearchEnd, found: readonly FoundInLog[], candidates: readonly Candidate[]): string[] {
  const titles = candidates.map(({ log }) => log.title);
  const more = found.reduce((sum, one) => sum + one.more, 0);
  const sentences = unsearched(how, found, titles);
  if (more === 0) return sentences;
  const { hitsOfLog, hits } = FIND_LIMITS;
  return [
    ...sentences,
    `There are ${counted(more, 'more line')}: ${formatCount(hitsOfLog)} a log and ${formatCount(hits)} in all are shown.`,
  ];
}

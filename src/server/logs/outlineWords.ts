import type { Outline, OutlineProblem, OutlineSection } from '../../app/logs/logOutline';
import { formatSeconds } from '../../base/figures';
import { saidText } from '../../core/logs/explainVerdict';
import type { LogOutline, LogProblem, LogSection } from '../../protocol/logs';
import { STATES } from '../backfills/backfillsTree';
import type { BackfillLog } from './backfillLogs';

/** Whether a partition was mended since the log was written. */
export type IsRepaired = (processor: string, date: string) => boolean;

/** What an outline says, in words: the journal's where it knows how a date ended, because logs only claim. */
export function outlineInWords(
  { sections, problems, timed }: Outline,
  logOf: (key: string) => BackfillLog | undefined,
  isRepaired: IsRepaired,
): LogOutline {
  return {
    sections: sections.flatMap((section) => sectionOf(section, logOf(section.member.key)) ?? []),
    problems: problems.flatMap((problem) => problemOf(problem, logOf(problem.member.key), isRepaired) ?? []),
    timed,
  };
}

function sectionOf({ member, date, said, line, lastLine }: OutlineSection, log: BackfillLog | undefined): LogSection {
  const place = { node: member.processor, ...(date !== undefined && { date }), line, lastLine };
  const title = date === undefined ? (log?.title ?? member.processor) : `${member.processor} ${date}`;
  const ending = date === undefined ? undefined : log?.endings.get(date);
  if (ending !== undefined) {
    const { outcome, message, seconds } = ending;
    const took = seconds === undefined ? [] : [formatSeconds(seconds)];
    const parts = [STATES[outcome].words, ...(message === undefined || message === '' ? took : [message])];
    return { ...place, title, detail: parts.join(' · '), outcome: outcome === 'done' ? 'good' : 'bad' };
  }
  if (said !== undefined && said.outcome !== 'started') {
    const outcome = said.outcome === 'failed' ? 'bad' : said.outcome === 'skipped' ? 'quiet' : 'good';
    return { ...place, title, detail: saidText(said), outcome };
  }
  if (log?.open === true) return { ...place, title, detail: 'running', outcome: 'open' };
  return { ...place, title, detail: said === undefined ? '' : saidText(said), outcome: said === undefined ? 'quiet' : 'bad' };
}

function problemOf(
  { member, date, line, cause, outcome }: OutlineProblem,
  log: BackfillLog | undefined,
  isRepaired: IsRepaired,
): LogProblem | undefined {
  const ending = date === undefined ? undefined : log?.endings.get(date)?.outcome;
  // What went on in spite of an error is no problem of that date.
  if (ending === 'done') return undefined;
  // What runs again is not mended yet.
  if (date !== undefined && log?.open !== true && isRepaired(member.processor, date)) return undefined;
  const whose = date === undefined ? member.processor : `${member.processor} ${date}`;
  const isSure = outcome === 'failed' || ending !== undefined;
  return { line, message: `${whose}: ${cause}`, severity: isSure ? 'error' : 'warning' };
}

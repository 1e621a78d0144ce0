import { formatDay } from '../../base/day';
import { formatCount, formatInstant, formatSeconds } from '../../base/figures';
import { type ElsewhereJob, type ElsewhereState, isLive, lastSign } from '../../core/checkpoints/elsewhereJob';
import {
  ago,
  datesText,
  elsewhereLine,
  findingAdvice,
  findingText,
  isWarning,
  resumeText,
} from '../../core/checkpoints/elsewhereWords';
import type { Processor } from '../../core/pipeline';
import { shellText } from '../../core/plan/commandLine';
import type { ElsewhereListing } from '../elsewhere';
import { type Cell, type Column, tableLines } from '../table';
import { type Terminal, type Tone, toned } from '../terminal';
import { plain, wrapped } from '../textWidth';

const TONES: Readonly<Record<ElsewhereState, Tone>> = {
  running: 'strong',
  perhapsRunning: 'strong',
  stopped: 'warning',
  failed: 'bad',
  complete: 'good',
  unreadable: 'bad',
};

const STATE_WORDS: Readonly<Record<ElsewhereState, string>> = {
  running: 'running',
  perhapsRunning: 'perhaps running',
  stopped: 'stopped',
  failed: 'failed',
  complete: 'complete',
  unreadable: 'unreadable',
};

/** For the table of jobs elsewhere. */
export const ELSEWHERE_COLUMNS: readonly Column[] = [
  { title: 'Started elsewhere' },
  { title: 'State' },
  { title: 'Done', align: 'right' },
  { title: 'Failed', align: 'right' },
  { title: 'Last sign' },
  { title: 'What', shrinks: true },
];

/** A row for each job. */
export function elsewhereRows({ jobs }: ElsewhereListing, now: number): readonly (readonly string[])[] {
  return jobs.map((job) => {
    const known = job.resume !== undefined;
    const done = !known
      ? '?'
      : job.total === undefined
        ? formatCount(job.done)
        : `${formatCount(job.done)}/${formatCount(job.total)}`;
    return [
      titleOf(job),
      STATE_WORDS[job.state],
      done,
      known ? formatCount(job.failed.length) : '?',
      ago(now - lastSign(job)),
      whatOf(job),
    ];
  });
}

/** Aligned columns; the state in its colour. */
export function elsewhereTable(
  listing: ElsewhereListing,
  terminal: Pick<Terminal, 'width' | 'color'>,
  now: number,
): readonly string[] {
  const cells = elsewhereRows(listing, now).map((row, index) =>
    row.map((text, column): Cell => {
      const job = listing.jobs[index];
      return column === 1 && job !== undefined ? { text, tone: TONES[job.state] } : { text };
    }),
  );
  return tableLines(terminal, ELSEWHERE_COLUMNS, cells);
}

/** Each job with its processes, its checkpoint, what is wrong, and what to do. */
export function elsewhereDetails(
  { jobs, processors, processesKnown }: ElsewhereListing,
  terminal: Pick<Terminal, 'width' | 'color'>,
  now: number,
): readonly string[] {
  const lines = jobs.flatMap((job, index) => {
    const processor = processors.find(({ id }) => id === job.processor);
    return [...(index === 0 ? [] : ['']), ...(processor === undefined ? [] : jobDetails(job, processor, terminal, now))];
  });
  if (!processesKnown) {
    lines.push(
      '',
      ...wrapped('Processes cannot be listed here: whether a job runs is told by the age of its checkpoint.', terminal.width),
    );
  }
  return lines;
}

function jobDetails(job: ElsewhereJob, processor: Processor, terminal: Pick<Terminal, 'width' | 'color'>, now: number): string[] {
  const { processes, checkpoint, secondsPerDate, resume, findings } = job;
  const say = (text: string, tone?: Tone, indent = 2) =>
    wrapped(plain(text), Math.max(20, terminal.width - indent)).map((line) => ' '.repeat(indent) + toned(terminal, tone, line));
  const lines = [toned(terminal, 'strong', plain(titleOf(job))), ...say(elsewhereLine(job, now), TONES[job.state])];
  for (const { pid, startedAt, argv } of processes) {
    lines.push(...say(`Process ${pid}, since ${formatInstant(startedAt)}:`), `    ${plain(shellText(argv))}`);
  }
  if (checkpoint !== undefined)
    lines.push(`  Checkpoint ${plain(checkpoint.path)}`, ...say(`written ${formatInstant(checkpoint.writtenAt)}`, undefined, 4));
  if (secondsPerDate !== undefined) lines.push(...say(`About ${formatSeconds(Math.max(1, Math.round(secondsPerDate)))} a date.`));
  if (!isLive(job) && resume !== undefined && resume.kind !== 'startsOver')
    lines.push(...say(`Run again, it ${resumeText(resume)}.`));
  for (const finding of findings) {
    const { text, command, own } = findingAdvice(finding, job, processor);
    lines.push(
      ...say(`${isWarning(finding) ? '! ' : ''}${findingText(finding)} ${text}`, isWarning(finding) ? 'warning' : undefined),
    );
    // What is to be copied stays on its line.
    for (const one of [command, own]) if (one !== undefined) lines.push(`    ${plain(one)}`);
  }
  return lines;
}

/** `TDZA 2021-11-01 to 2021-11-14`. */
function titleOf(job: ElsewhereJob): string {
  return `${job.processor} ${datesText(job)}`.trimEnd();
}

/** The line without what stands in columns of its own. */
function whatOf({ state, at, etaSeconds, processes, findings, resume }: ElsewhereJob): string {
  const parts = findings.filter(isWarning).map(findingText);
  if (state === 'stopped' && resume !== undefined) parts.unshift(resumeText(resume));
  const doing = [
    at === undefined ? '' : `${state === 'running' || state === 'perhapsRunning' ? 'at' : 'until'} ${formatDay(at)}`,
    etaSeconds === undefined ? '' : `~${formatSeconds(Math.round(etaSeconds))} left`,
    processes.length === 0 ? '' : `process ${processes.map(({ pid }) => pid).join(', ')}`,
  ].filter((part) => part !== '');
  return [doing.join(', '), ...parts].filter((part) => part !== '').join('; ');
}

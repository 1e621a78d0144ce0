import { counted, formatCount, formatLeft, formatRate, formatSeconds } from '../../base/figures';
import { countsParts, overOf } from '../../base/partitionCounts';
import { type BackfillEvent, type BackfillPhase, isActivePhase, type Plan } from '../../core/backfill/backfill';
import type { Forecast } from '../../core/backfill/forecast';
import type { BackfillProgress } from '../../core/backfill/progress';
import { type Terminal, type Tone, toned } from '../terminal';
import { fitted, padded, plain, textWidth, wrapped } from '../textWidth';
import { countsByProcessor, openAttempts, type ProcessorCounts } from './backfillFacts';
import { bar } from './bar';

const PHASE_TONES: Readonly<Record<BackfillPhase, Tone>> = {
  planned: 'quiet',
  running: 'strong',
  paused: 'warning',
  cancelling: 'warning',
  done: 'good',
  failed: 'bad',
  cancelled: 'warning',
  interrupted: 'bad',
};

/** Fewer columns hold no bar. */
const NARROW = 14;
const MOST_NOTE_LINES = 4;

/** What one frame of the live table shows. */
export interface FrameInput {
  readonly plan: Plan;
  readonly events: readonly BackfillEvent[];
  readonly progress: BackfillProgress;
  readonly forecast: Forecast;
  /** What takes longer from date to date, a sentence a processor. */
  readonly growth: readonly string[];
  /** Epoch milliseconds. */
  readonly now: number;
  /** The last line: what the keys do. */
  readonly hint: string;
}

/**
 * The live table: a bar for the whole and one a processor, and what runs now. Every line is at most a column narrower than the
 * terminal, and there are at most one fewer than its rows, so that the frame never wraps or scrolls.
 */
export function progressFrame(input: FrameInput, terminal: Pick<Terminal, 'width' | 'height' | 'color'>): readonly string[] {
  const width = Math.max(1, terminal.width - 1);
  const { progress } = input;
  const head = [
    toned(terminal, 'strong', fitted(plain(progress.title), width)),
    overallBar(progress, width, terminal),
    figuresLine(input, width, terminal),
    ...pauseLines(progress, width).map((line) => toned(terminal, 'warning', line)),
    // To start anew may help against it, and waiting does not.
    ...shortened(input.growth, width).map((line) => toned(terminal, 'warning', line)),
  ];
  const foot = [toned(terminal, 'quiet', fitted(input.hint, width))];
  const rows = Math.max(1, terminal.height - 1);
  const room = rows - head.length - foot.length - 2;
  if (room < 1) return [...head, ...foot].slice(0, rows);

  const counts = countsByProcessor(input.plan, progress);
  const bars = counts.length > 1 ? processorLines(counts, width, terminal) : [];
  const running = runningLines(input, width);
  // What runs now keeps a few lines, however many processors there are.
  const shownRunning = limited(running, Math.max(Math.min(3, room), room - bars.length), width);
  const shownBars = limited(bars, room - shownRunning.length, width);
  const body = [...shownBars, ...shownRunning];
  return body.length === 0 ? [...head, '', ...foot] : [...head, '', ...body, '', ...foot];
}

function overallBar(progress: BackfillProgress, width: number, terminal: Pick<Terminal, 'color'>): string {
  const { total } = progress;
  const percent = total === 0 ? 100 : Math.floor((overOf(progress) / total) * 100);
  if (width < NARROW) return fitted(`${percent} %`, width);
  return `${bar(progress, Math.min(60, width - 7), terminal)}  ${percent} %`;
}

/** Why nothing new starts, and what to do. */
function pauseLines({ id, pause }: BackfillProgress, width: number): readonly string[] {
  if (pause === undefined) return [];
  const resume = pause.cause === 'asked' ? ` To let it go on: backfill resume ${id}` : '';
  return shortened([`${pause.message}${resume}`], width);
}

/** Texts by the line, at most four lines of them. */
function shortened(texts: readonly string[], width: number): readonly string[] {
  const lines = texts.flatMap((text) => wrapped(plain(text), width));
  const shown =
    lines.length > MOST_NOTE_LINES ? [...lines.slice(0, MOST_NOTE_LINES - 1), `${lines[MOST_NOTE_LINES - 1]} …`] : lines;
  return shown.map((line) => fitted(line, width));
}

function figuresLine({ progress, forecast, now }: FrameInput, width: number, terminal: Pick<Terminal, 'color'>): string {
  const { phase, startedAt, pause } = progress;
  const { perMinute, left } = forecast;
  const since = pause?.since ?? startedAt;
  const elapsed = since === undefined ? '' : ` for ${formatSeconds(Math.max(0, Math.round((now - since) / 1000)))}`;
  const rest = [
    ...countsParts(progress, true),
    ...(left === undefined ? [] : [`${formatLeft(left.p50, left.p90)} left`]),
    ...(perMinute === undefined ? [] : [formatRate(perMinute)]),
  ];
  const words = phase + elapsed;
  return toned(terminal, PHASE_TONES[phase], fitted(words, width)) + fitted(`  ${rest.join('  ')}`, width - words.length);
}

function processorLines(counts: readonly ProcessorCounts[], width: number, terminal: Pick<Terminal, 'color'>): string[] {
  const nameWidth = Math.min(24, Math.max(...counts.map(({ processor }) => textWidth(processor))));
  const figures = counts.map((of) => {
    const [ended = '', ...others] = countsParts(of, true);
    const notes = [...others, ...(of.running > 0 ? [`${formatCount(of.running)} running`] : [])];
    return { ended, notes: notes.join(', ') };
  });
  const endedWidth = Math.max(...figures.map(({ ended }) => ended.length));
  const notesWidth = Math.max(...figures.map(({ notes }) => notes.length));
  const barWidth = Math.min(40, width - nameWidth - endedWidth - notesWidth - 6);
  return counts.map((of, index) => {
    const { ended = '', notes = '' } = figures[index] ?? {};
    const name = padded(fitted(of.processor, nameWidth), nameWidth);
    const text = `${padded(ended, endedWidth, 'right')}  ${notes}`;
    if (barWidth < 6) return fitted(`${name}  ${text}`.trimEnd(), width);
    return `${name}  ${bar(of, barWidth, terminal)}  ${fitted(text, width - nameWidth - barWidth - 4)}`.trimEnd();
  });
}

function runningLines({ events, now, progress }: FrameInput, width: number): string[] {
  if (!isActivePhase(progress.phase)) return [];
  return openAttempts(events).map(({ processor, date, at }) => {
    const isSilent = progress.silent.some((one) => one.processor === processor && one.date === date);
    const seconds = Math.max(0, Math.round((now - Date.parse(at)) / 1000));
    return fitted(`▸ ${processor} ${date}  ${formatSeconds(seconds)}${isSilent ? '  may hang: it says nothing' : ''}`, width);
  });
}

function limited(lines: readonly string[], room: number, width: number): readonly string[] {
  if (lines.length <= room) return lines;
  if (room <= 0) return [];
  return [...lines.slice(0, room - 1), fitted(`  and ${counted(lines.length - room + 1, 'more', 'more')}`, width)];
}

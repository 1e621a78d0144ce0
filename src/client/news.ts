import { namesText } from '../base/figures';
import type { CommandId } from '../protocol/contributions/commands';
import type { BackfillNews, BackfillSummary } from '../protocol/messages';
import type { NodeTarget } from '../protocol/targets';
import { resultText } from './backfillText';

/** One message in the corner, whatever and how much it tells of. */
export interface Message {
  readonly text: string;
  readonly isGood: boolean;
  readonly actions: readonly Action[];
}

export interface Action {
  readonly title: string;
  readonly command: CommandId | 'backfill.coverage.focus';
  readonly target: NodeTarget;
}

/** News of one backfill that nobody was told of, what matters most first; at least one. */
export interface Untold {
  readonly backfill: BackfillSummary;
  readonly news: readonly BackfillNews[];
}

/**
 * What to say: of all backfills that ended only the last one is told in full, and each that still runs has one message. An end tells what had gone
 * wrong before it, too.
 */
export function messagesOf(untold: readonly Untold[]): readonly Message[] {
  const ends = untold.filter(({ news }) => news[0]?.kind === 'ended').sort((a, b) => atOf(a) - atOf(b));
  const last = ends.at(-1);
  const others = untold.filter(({ news }) => news[0]?.kind !== 'ended').flatMap((one) => messageOf(one) ?? []);
  return last === undefined ? others : [...others, endMessage(last, ends.length - 1)];
}

function atOf({ news }: Untold): number {
  return news[0]?.at ?? 0;
}

function endMessage({ backfill, news }: Untold, more: number): Message {
  const { phase, id, left, deleted } = backfill;
  const result = phase === 'interrupted' && left !== undefined ? `${resultText(backfill)}; ${left}` : resultText(backfill);
  const what = deleted === undefined ? 'backfill' : 'deletion';
  const text = [
    `The ${what} of ${namesText(backfill.processors)} ${ENDINGS[phase]}: ${result}.`,
    ...news.filter(({ kind }) => kind === 'alarm' || kind === 'stop').map(textOf),
    ...(more > 0 ? [`${more} more ended, too.`] : []),
  ].join(' ');
  const first: readonly Action[] =
    phase === 'interrupted'
      ? [{ title: 'Resume', command: 'backfill.resume', target: { backfill: id } }]
      : deleted === undefined
        ? []
        : [{ title: 'Build Again…', command: 'backfill.launch', target: { select: deleted } }];
  const isGood = (phase === 'done' || phase === 'cancelled') && news.every(({ kind }) => kind !== 'alarm');
  return {
    text,
    isGood,
    actions: [...first, inTerminal(id), { title: 'Show Coverage', command: 'backfill.coverage.focus', target: {} }],
  };
}

function messageOf({ backfill, news }: Untold): Message | undefined {
  const [first] = news;
  if (first === undefined || first.kind === 'ended') return undefined;
  const is = first.kind === 'pause' ? ' is paused' : '';
  const text = `The backfill of ${namesText(backfill.processors)}${is}: ${news.map(textOf).join(' ')}`;
  return { text, isGood: false, actions: actionsOf(first, backfill.id) };
}

function actionsOf({ kind, target }: BackfillNews, id: string): readonly Action[] {
  const log: Action = { title: 'Open Log', command: 'backfill.openLog', target };
  const pause: Action = { title: 'Pause', command: 'backfill.pause', target: { backfill: id } };
  const cancel: Action = { title: 'Cancel…', command: 'backfill.cancel', target: { backfill: id } };
  switch (kind) {
    case 'alarm':
      return [{ title: 'Explain', command: 'backfill.explain', target }, log, pause];
    case 'stop':
      return [log, pause, cancel];
    case 'pause':
      return [{ title: 'Resume', command: 'backfill.resume', target: { backfill: id } }, inTerminal(id), cancel];
    case 'silent':
      return [
        log,
        { title: 'End This Job…', command: 'backfill.endJob', target },
        { title: 'Wait', command: 'backfill.keepWaiting', target },
      ];
    case 'ended':
      return [];
  }
}

function inTerminal(id: string): Action {
  return { title: 'Show in Terminal', command: 'backfill.attach', target: { backfill: id } };
}

const LONGEST = 300;

/** What a job said can be long, and has line breaks. */
function textOf({ text }: BackfillNews): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  const cut = line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
  return /[.…!?]$/.test(cut) ? cut : `${cut}.`;
}

const ENDINGS: Readonly<Record<BackfillSummary['phase'], string>> = {
  planned: 'is planned',
  running: 'runs',
  paused: 'is paused',
  cancelling: 'is ending',
  done: 'is done',
  failed: 'ended with failures',
  cancelled: 'was cancelled',
  interrupted: 'was interrupted',
};

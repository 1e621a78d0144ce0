import { readFileSync } from 'node:fs';
import { type Day, formatDay, parseDay } from '../../src/base/day';
import type { AttemptFact, AttemptInput, AttemptOutcome, CoverageInput, Waiver } from '../../src/core/coverage/coverage';
import { fingerprintOf } from '../../src/core/observation/observation';
import type { Calendar, NeedWindow } from '../../src/core/pipeline';
import { type AnyNeedSpec, attempt, buildInput, DAILY, day, GAMES, type Held, type NeedSpec, type NodeSpec } from './builders';

/** A row of the golden table in docs/statuses.md. */
export interface GoldenCase {
  readonly name: string;
  readonly input: CoverageInput;
  readonly node: number;
  readonly day: Day;
  /** As the page has them. */
  readonly status: string;
  readonly reason: string;
  readonly roots: readonly string[];
}

const SEASON = ['2021-11-01', '2021-11-30'] as const;
const CALENDARS: readonly Calendar[] = [
  DAILY,
  GAMES,
  { kind: 'every', name: 'weekday', every: 'weekday' },
  { kind: 'every', name: 'week', every: 'week' },
];
const CHECK = { name: 'sound', expression: 'x > 0', atLeast: 0.95 };

export function goldenCases(page: string): readonly GoldenCase[] {
  const rows = readFileSync(page, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .slice(1, line.lastIndexOf('|'))
        .split('|')
        .map((cell) => cell.trim()),
    )
    .filter((cells) => cells.length === 7);
  const [head, , ...cases] = rows;
  if (head?.join(' ') !== 'Case Nodes Holds Besides Status Reason Roots') throw new Error('the golden table has other columns');
  return cases.map(goldenCase);
}

function goldenCase(cells: readonly string[]): GoldenCase {
  const [name = '', nodeTexts = '', holds = '', besidesText = '', status = '', reason = '', roots = ''] = cells;
  const besides = split(besidesText, ';');
  const date = after(besides, 'date ') ?? '2021-11-10';
  const nodes = split(nodeTexts, ';').map(nodeSpec);
  const data: Record<string, Record<string, Held> | null> = {};
  const marked = nodes.map((node) => ({ ...node, ...observedColumns(node, holds) }));
  for (const text of split(holds, ',')) hold(data, text, day(date));
  const input = buildInput({
    seasons: [SEASON],
    calendars: CALENDARS,
    nodes: marked,
    data,
    exclusions: besides.includes('excluded') ? [{ from: day(date), to: day(date), reason: 'a break' }] : [],
    calendarDates: besides.includes('no schedule') ? {} : { games: schedule(besides, day(date)) },
    mode: besides.includes('production') ? 'production' : 'backfill',
    now: Date.parse(`${after(besides, 'today ') ?? '2021-11-20'}T12:00:00Z`),
    unavailableNodes: Object.fromEntries(unreadable(besides).map((id) => [id, { error: 'cannot be read', since: 0 }])),
    unavailableCalendars: besides.includes('schedule unreadable') ? { games: { error: 'cannot be read', since: 0 } } : {},
    ...journal(besides, date, data),
    waivers: besides.flatMap((text) => waiver(text, day(date))),
  });
  const asked = nodes.at(-1)?.id;
  return {
    name,
    input,
    node: input.pipeline.nodes.findIndex(({ id }) => id === asked),
    day: day(date),
    status,
    reason,
    roots: split(roots, ','),
  };
}

function split(text: string, separator: string): string[] {
  return text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function after(texts: readonly string[], start: string): string | undefined {
  return texts.find((text) => text.startsWith(start))?.slice(start.length);
}

function nodeSpec(text: string, position: number): NodeSpec {
  const [id = '', ...rest] = text.split(' ');
  let spec: NodeSpec = { id, phase: `phase${position + 1}` };
  for (const property of split(rest.join(' '), ',')) spec = { ...spec, ...nodeProperty(property, spec) };
  return spec;
}

function nodeProperty(text: string, spec: NodeSpec): Partial<NodeSpec> {
  const number = Number(/[\d.]+/.exec(text)?.[0]);
  if (text === 'source') return { phase: 'sources' };
  if (text === 'key') return { key: ['k'] };
  if (text === 'check') return { checks: [CHECK] };
  if (CALENDARS.some(({ name }) => name === text)) return { calendar: text };
  if (text.startsWith('bootstrap ')) return { bootstrapDays: number };
  if (text.startsWith('rows>=')) return { expect: { ...spec.expect, minRows: number } };
  if (text.startsWith('entities>=')) return { expect: { ...spec.expect, entities: number }, entity: ['e'] };
  if (text.endsWith(' a game')) return { expect: { ...spec.expect, rowsPerCount: number } };
  if (text.includes(' of '))
    return { expect: { ...spec.expect, ratioOf: { node: text.split(' of ')[1] ?? '', atLeast: number } } };
  const need = /^(needs|may need) (.*)$/.exec(text);
  if (need === null) throw new Error(`no property: ${text}`);
  return { needs: [...(spec.needs ?? []), needSpec(need[2] ?? '', need[1] === 'needs')] };
}

function needSpec(text: string, critical: boolean): AnyNeedSpec {
  const alternatives = text.split(' or ').map((alternative) => singleSpec(alternative, critical));
  return alternatives.length === 1 && alternatives[0] !== undefined ? alternatives[0] : { anyOf: alternatives, critical };
}

function singleSpec(text: string, critical: boolean): NeedSpec {
  const match = /^(\w+)(?:@(\w+))?(?:>=(\d+)(?:\/(\d+))?(e?))?(?::([\d.]+))?$/.exec(text);
  if (match === null) throw new Error(`no need: ${text}`);
  const [, node = '', window, least, backfill, entities, share] = match;
  return {
    node,
    critical,
    ...(window !== undefined && { window: windowOf(window) }),
    ...(least !== undefined && (entities === 'e' ? { minEntities: Number(least) } : { minRows: Number(least) })),
    ...(backfill !== undefined && { backfillMinRows: Number(backfill) }),
    ...(share !== undefined && { atLeast: Number(share) }),
  };
}

function windowOf(text: string): NeedWindow {
  if (text === 'previous') return { kind: 'previous' };
  return text.endsWith('d') ? { kind: 'lastDays', days: Number.parseInt(text, 10) } : { kind: 'lastDates', count: Number(text) };
}

/** A node whose holdings name entities or keys declares such columns. */
function observedColumns({ id, entity, key }: NodeSpec, holds: string): Partial<NodeSpec> {
  const own = split(holds, ',').filter((text) => text.startsWith(id));
  return {
    entity: entity ?? (own.some((text) => text.endsWith('e')) ? ['e'] : []),
    key: key ?? (own.some((text) => text.endsWith('k')) ? ['k'] : []),
  };
}

function hold(data: Record<string, Record<string, Held> | null>, text: string, date: Day): void {
  const match = /^(\w+)(?:\[(-?\d+)(?:\.\.(-?\d+))?\])? (?:(\?)|(\d+)(?:\/([\d.]+)([ekc]))?)$/.exec(text);
  if (match === null) throw new Error(`no holding: ${text}`);
  const [, id = '', from = '0', to = from, never, rows, amount, unit] = match;
  if (never !== undefined) {
    data[id] = null;
    return;
  }
  const held: Held = {
    rows: Number(rows),
    ...(unit === 'e' && { entities: Number(amount) }),
    ...(unit === 'k' && { keys: Number(amount) }),
    ...(unit === 'c' && { checks: [Number(amount)] }),
  };
  const dates = data[id] ?? {};
  data[id] = dates;
  for (let offset = Number(from); offset <= Number(to); offset++) dates[formatDay(date + offset)] = held;
}

/** Five games a date of the season, but where it says otherwise. */
function schedule(besides: readonly string[], date: Day): Record<string, number> {
  const games: Record<string, number> = {};
  for (let at = day(SEASON[0]); at <= day(SEASON[1]); at++) games[formatDay(at)] = 5;
  for (const text of besides) {
    const off = /^no game(?: \[(-?\d+)\])?$/.exec(text);
    if (off !== null) delete games[formatDay(date + Number(off[1] ?? 0))];
  }
  return games;
}

function unreadable(besides: readonly string[]): string[] {
  return besides.flatMap((text) => /^(\w+) unreadable$/.exec(text)?.[1] ?? []).filter((id) => id !== 'schedule');
}

function journal(
  besides: readonly string[],
  date: string,
  data: Readonly<Record<string, Readonly<Record<string, Held>> | null>>,
) {
  const last: Record<string, AttemptFact> = {};
  const active: Record<string, 'running' | 'queued'> = {};
  for (const text of besides) {
    const match = /^([A-Z]) (\w+)(?: after (\w+))?(?: on (unmet|other|same) (\w+))?$/.exec(text);
    if (match === null) continue;
    const [, id = '', word = '', earlier, how, upstream = ''] = match;
    if (word === 'running' || word === 'queued') active[`${id} ${date}`] = word;
    else if (isOutcome(word)) {
      const held = data[upstream]?.[date];
      const rows = typeof held === 'object' ? held.rows : (held ?? 0);
      const fingerprint = fingerprintOf({ rows: how === 'other' ? rows + 1 : rows, checks: [] });
      const inputs: AttemptInput[] =
        how === undefined ? [] : [{ node: upstream, day: day(date), fingerprint, unmet: how === 'unmet' }];
      const made = { inputs, category: 'exit', message: 'boom', signature: 's' };
      last[`${id} ${date}`] =
        earlier !== undefined && isOutcome(earlier)
          ? attempt({ ...made, inputs: [], outcome: word, builtBy: attempt({ ...made, outcome: earlier, attempt: 'a0' }) })
          : attempt({ ...made, outcome: word });
    }
  }
  return { last, active };
}

const OUTCOMES: readonly AttemptOutcome[] = [
  'done',
  'partial',
  'wroteNothing',
  'succeededButEmpty',
  'failed',
  'interrupted',
  'torn',
  'cleaned',
];

function isOutcome(word: string): word is AttemptOutcome {
  return (OUTCOMES as readonly string[]).includes(word);
}

function waiver(text: string, date: Day): Waiver[] {
  const match = /^(\w+) waived(?: until (\S+))?$/.exec(text);
  if (match === null) return [];
  const until = parseDay(match[2] ?? '');
  return [{ node: match[1] ?? '', from: date, to: date, reason: 'known', author: 'x', ...(until !== undefined && { until }) }];
}

/** `A 2021-11-08` as the page has it when asked about 2021-11-10: `A [-2]`; the date itself is left out. */
export function relativeDates(text: string, date: Day): string {
  return text.replace(/ (\d{4}-\d{2}-\d{2})(?=[: ,]|$)/g, (found, iso: string) => {
    const at = parseDay(iso);
    if (at === undefined) return found;
    return at === date ? '' : ` [${at - date}]`;
  });
}

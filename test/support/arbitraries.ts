import fc from 'fast-check';
import { formatDay } from '../../src/base/day';
import type { AttemptFact, AttemptOutcome, Waiver } from '../../src/core/coverage/coverage';
import type { NeedWindow } from '../../src/core/pipeline';
import {
  type AnyNeedSpec,
  attempt,
  DAILY,
  day,
  GAMES,
  type Held,
  type InputSpec,
  type NeedSpec,
  type NodeSpec,
} from './builders';

const FIRST = day('2021-11-01');
const DATES = 12;
const DATE_TEXTS = Array.from({ length: DATES }, (_, index) => formatDay(FIRST + index));
const CHECK = { name: 'sound', expression: 'x > 0', atLeast: 0.9 };

const arbitraryWindow: fc.Arbitrary<NeedWindow> = fc.oneof(
  { weight: 5, arbitrary: fc.constant<NeedWindow>({ kind: 'same' }) },
  fc.constant<NeedWindow>({ kind: 'previous' }),
  fc.integer({ min: 1, max: 5 }).map((count): NeedWindow => ({ kind: 'lastDates', count })),
  fc.integer({ min: 1, max: 5 }).map((days): NeedWindow => ({ kind: 'lastDays', days })),
);

/** A need of node `position`: of the same date only on nodes before it, of earlier dates on any. */
function arbitrarySingle(position: number, count: number): fc.Arbitrary<NeedSpec> {
  return fc
    .record({
      window: arbitraryWindow,
      node: fc.nat({ max: count - 1 }),
      minRows: fc.option(fc.constantFrom(0, 5, 20, 60), { nil: undefined }),
      minEntities: fc.option(fc.constantFrom(3, 10), { nil: undefined, freq: 6 }),
      backfillMinRows: fc.option(fc.constantFrom(1, 10), { nil: undefined, freq: 6 }),
      atLeast: fc.option(fc.constantFrom(0, 0.5, 0.9, 1), { nil: undefined }),
      critical: fc.boolean(),
    })
    .filter(({ window }) => window.kind !== 'same' || position > 0)
    .map(({ window, node, critical, ...numbers }) => ({
      node: `N${window.kind === 'same' ? node % position : node}`,
      window,
      critical,
      ...Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== undefined)),
    }));
}

function arbitraryNeed(position: number, count: number): fc.Arbitrary<AnyNeedSpec> {
  const single = arbitrarySingle(position, count);
  return fc.oneof(
    { weight: 4, arbitrary: single },
    fc.record({ anyOf: fc.array(single, { minLength: 1, maxLength: 3 }), critical: fc.boolean() }),
  );
}

function arbitraryNode(position: number, count: number): fc.Arbitrary<NodeSpec> {
  return fc.record({
    id: fc.constant(`N${position}`),
    phase: fc.constant(position === 0 ? 'sources' : 'phase1'),
    calendar: fc.constantFrom('daily', 'daily', 'games'),
    bootstrapDays: fc.constantFrom(0, 0, 2),
    entity: fc.constantFrom([], ['e']),
    key: fc.constantFrom([], ['k']),
    checks: fc.constantFrom([], [CHECK]),
    expect: fc.constantFrom<NonNullable<NodeSpec['expect']>>(
      {},
      { minRows: 10 },
      { rowsPerCount: 4 },
      { entities: 8 },
      ...(position > 0 ? [{ ratioOf: { node: `N${position - 1}`, atLeast: 0.5 } }] : []),
    ),
    needs: position === 0 ? fc.constant([]) : fc.array(arbitraryNeed(position, count), { maxLength: 3 }),
  });
}

const arbitraryHeld: fc.Arbitrary<Held> = fc.oneof(
  { weight: 2, arbitrary: fc.constant(0) },
  { weight: 4, arbitrary: fc.constant({ rows: 80, entities: 40, keys: 80, checks: [1] }) },
  fc.record({
    rows: fc.constantFrom(1, 8, 30),
    entities: fc.constantFrom(1, 8, 20),
    keys: fc.constantFrom(1, 8, 30),
    checks: fc.constantFrom([1], [0.5], [Number.NaN]),
  }),
);

const arbitraryDate = fc.constantFrom(...DATE_TEXTS);

const OUTCOMES: readonly AttemptOutcome[] = [
  'done',
  'partial',
  'wroteNothing',
  'succeededButEmpty',
  'failed',
  'interrupted',
  'torn',
];

function arbitraryAttempt(count: number): fc.Arbitrary<AttemptFact> {
  const fingerprint = fc.constantFrom('r0 e- k- w- c', 'r80 e- k- w- c', 'r80 e40 k80 w- c1.000000', 'odd');
  const one = fc
    .record({
      outcome: fc.constantFrom(...OUTCOMES),
      endedAt: fc.constantFrom(Date.UTC(2021, 11, 1), Date.UTC(2021, 11, 3)),
      before: fc.option(fingerprint, { nil: undefined }),
      after: fc.option(fingerprint, { nil: undefined }),
      inputs: fc.array(
        fc.record({
          node: fc.nat({ max: count }).map((node) => `N${node}`),
          day: arbitraryDate.map(day),
          fingerprint,
          unmet: fc.boolean(),
        }),
        { maxLength: 2 },
      ),
    })
    .map(({ before, after, ...rest }) =>
      attempt({ ...rest, ...(before !== undefined && { before }), ...(after !== undefined && { after }) }),
    );
  return fc.tuple(one, fc.option(one)).map(([last, builtBy]) => (builtBy === null ? last : { ...last, builtBy }));
}

/** Small pipelines with everything that a manifest can say, and a dozen dates of data, journal and waivers. */
export const arbitraryInput: fc.Arbitrary<InputSpec> = fc.integer({ min: 1, max: 6 }).chain((count) => {
  const ids = Array.from({ length: count }, (_, position) => `N${position}`);
  const arbitraryKey = fc.tuple(fc.constantFrom(...ids), arbitraryDate).map(([id, date]) => `${id} ${date}`);
  const arbitraryWaiver: fc.Arbitrary<Waiver> = fc
    .record({ node: fc.constantFrom(...ids), from: arbitraryDate.map(day), length: fc.nat({ max: 3 }) })
    .map(({ node, from, length }) => ({ node, from, to: from + length, reason: 'known', author: 'x' }));
  return fc.record({
    seasons: fc.constantFrom<InputSpec['seasons'] & object>(
      [['2021-11-01', '2021-11-12']],
      [
        ['2021-11-01', '2021-11-05'],
        ['2021-11-07', '2021-11-12'],
      ],
      [['2021-11-03', '2021-11-09']],
      [],
    ),
    calendars: fc.constantFrom([DAILY, GAMES], [GAMES, DAILY]),
    calendarDates: fc
      .subarray(DATE_TEXTS, { minLength: 3 })
      .chain((dates) =>
        fc.constantFrom<InputSpec['calendarDates'] & object>({ games: Object.fromEntries(dates.map((date) => [date, 5])) }, {}),
      ),
    nodes: fc.tuple(...ids.map((_, position) => arbitraryNode(position, count))),
    data: fc
      .tuple(...ids.map(() => fc.option(fc.tuple(...DATE_TEXTS.map(() => arbitraryHeld)), { freq: 8 })))
      .map((columns) =>
        Object.fromEntries(
          columns.map((held, position) => [
            `N${position}`,
            held === null ? null : Object.fromEntries(held.map((value, index) => [DATE_TEXTS[index] ?? '', value])),
          ]),
        ),
      ),
    mode: fc.constantFrom('backfill', 'production'),
    now: fc.constantFrom(Date.UTC(2021, 11, 2), Date.UTC(2021, 10, 10)),
    last: fc.dictionary(arbitraryKey, arbitraryAttempt(count), { maxKeys: 4 }),
    active: fc.dictionary(arbitraryKey, fc.constantFrom('running' as const, 'queued' as const), { maxKeys: 2 }),
    waivers: fc.array(arbitraryWaiver, { maxLength: 2 }),
    unavailableNodes: fc.constantFrom({}, {}, { N0: { error: 'cannot be read', since: 0 } }),
  });
});

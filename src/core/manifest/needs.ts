import { isScalar } from 'yaml';
import type { Mode } from '../../base/status';
import type { NeedWindow } from '../pipeline';
import { list, type ObjectPlace, object, optional, required, variant } from './collections';
import { MAX_DAYS } from './dates';
import { present } from './present';
import type { Place, Reader } from './reader';
import { flag, id, integer, oneOf, ratio } from './scalars';

/** A mention of a source or processor by its id, before it is known whether that exists. */
export interface Reference {
  readonly id: string;
  /** Undefined where the text does not say which it is. */
  readonly kind: 'source' | 'processor' | undefined;
  readonly place: Place;
  /** The key `source` or `processor`, for a fix that corrects it. */
  readonly key?: Place;
}

export interface RawSingleNeed {
  readonly kind: 'single';
  /** Undefined after a report. */
  readonly on: Reference | undefined;
  readonly critical: boolean;
  readonly mode?: Mode;
  readonly window: NeedWindow;
  readonly minRows?: number;
  readonly backfillMinRows?: number;
  readonly minEntities?: number;
  readonly backfillMinEntities?: number;
  readonly atLeast?: number;
  /** Of the first key that counts entities. */
  readonly entitiesPlace?: Place;
}

export interface RawAnyOfNeed {
  readonly kind: 'anyOf';
  readonly critical: boolean;
  readonly mode?: Mode;
  readonly alternatives: readonly RawSingleNeed[];
}

export type RawNeed = RawSingleNeed | RawAnyOfNeed;

/** Keys that name another node. */
export const REFERENCE_SHAPE = { processor: optional(id), source: optional(id) };

/** The node that those keys name; reports when they name none, or two. */
export function referenceFrom(
  { processor, source }: { processor: string | undefined; source: string | undefined },
  place: ObjectPlace<'processor' | 'source'>,
  noun: string,
): Reference | undefined {
  if (processor !== undefined && source !== undefined)
    return place.at('source').error('conflictingKeys', `${noun} is on one node: remove \`processor\` or \`source\`.`);
  const kind = processor !== undefined ? 'processor' : 'source';
  const name = processor ?? source;
  if (name === undefined)
    return place.whole.error('missingKey', `${noun} must say on what: add \`processor: ID\` or \`source: ID\`.`);
  return name === '' ? undefined : { id: name, kind, place: place.at(kind), key: place.keyAt(kind) };
}

const count = integer({ min: 0 });
const mode = oneOf(['production', 'backfill']);
const WINDOW_SHAPE = {
  at: optional(oneOf(['same', 'previous'])),
  last_dates: optional(integer({ min: 1, max: MAX_DAYS })),
  last_days: optional(integer({ min: 1, max: MAX_DAYS })),
};
const ALTERNATIVE_SHAPE = {
  ...REFERENCE_SHAPE,
  ...WINDOW_SHAPE,
  min_rows: optional(count),
  backfill_min_rows: optional(count),
  min_entities: optional(count),
  backfill_min_entities: optional(count),
  at_least: optional(ratio),
  mode: optional(mode),
};

export const alternative = object('an alternative of `any_of`', ALTERNATIVE_SHAPE, (fields, place) =>
  singleNeed(fields, true, place),
);

export const need = object('a need', { ...ALTERNATIVE_SHAPE, critical: optional(flag, true) }, ({ critical, ...fields }, place) =>
  singleNeed(fields, critical, place),
);

type SingleFields = Parameters<Parameters<typeof object<typeof ALTERNATIVE_SHAPE, RawSingleNeed>>[2]>[0];

function singleNeed(fields: SingleFields, critical: boolean, place: ObjectPlace<keyof typeof ALTERNATIVE_SHAPE>): RawSingleNeed {
  const window = windowFrom(fields, place);
  if (fields.at_least !== undefined && (window.kind === 'same' || window.kind === 'previous'))
    place
      .at('at_least')
      .error('conflictingKeys', '`at_least` is a share of several dates: add `last_dates` or `last_days`, or use `min_rows`.');
  const countsEntities = (['min_entities', 'backfill_min_entities'] as const).find((key) => place.has(key));
  return {
    kind: 'single',
    on: referenceFrom(fields, place, 'A need'),
    critical,
    window,
    ...present({
      minRows: fields.min_rows,
      backfillMinRows: fields.backfill_min_rows,
      minEntities: fields.min_entities,
      backfillMinEntities: fields.backfill_min_entities,
      atLeast: fields.at_least,
      mode: fields.mode,
      entitiesPlace: countsEntities && place.at(countsEntities),
    }),
  };
}

function windowFrom({ at, last_dates, last_days }: SingleFields, place: ObjectPlace<keyof typeof WINDOW_SHAPE>): NeedWindow {
  const given = (['at', 'last_dates', 'last_days'] as const).filter((key) => place.has(key));
  const [first, second] = given;
  if (second !== undefined)
    place.at(second).error('conflictingKeys', `\`${first}\` and \`${second}\` both say which dates: remove one.`);
  if (last_dates !== undefined) return { kind: 'lastDates', count: last_dates };
  if (last_days !== undefined) return { kind: 'lastDays', days: last_days };
  return at === 'previous' ? { kind: 'previous' } : { kind: 'same' };
}

/** An id stands for a bare need on it. */
const bareNeed: Reader<RawSingleNeed> = {
  standIn: { kind: 'single', on: undefined, critical: true, window: { kind: 'same' } },
  read(place) {
    const name = id.read(place);
    return { ...this.standIn, on: name === '' ? undefined : { id: name, kind: undefined, place } };
  },
};

function orId<T>(reader: Reader<T | RawSingleNeed>): Reader<T | RawSingleNeed> {
  return {
    standIn: bareNeed.standIn,
    read: (place) => (isScalar(place.node) && place.node.value !== null ? bareNeed : reader).read(place),
  };
}

export const anyOfNeed = object(
  'a need with `any_of`',
  {
    any_of: required(list(orId<RawSingleNeed>(alternative), { min: 1, of: 'an alternative' })),
    critical: optional(flag, true),
    mode: optional(mode),
  },
  ({ any_of: alternatives, critical, mode: only }): RawAnyOfNeed => ({
    kind: 'anyOf',
    critical,
    alternatives,
    ...present({ mode: only }),
  }),
);

export const needs = list(orId<RawNeed>(variant<RawNeed>(bareNeed.standIn, (keys) => (keys.has('any_of') ? anyOfNeed : need))), {
  of: 'a need',
});

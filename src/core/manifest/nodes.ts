import type { Check, RunMethod, TextRange, WrittenColumn } from '../pipeline';
import { type Fields, list, type ObjectPlace, object, oneOrMany, optional, record, required } from './collections';
import { MAX_DAYS } from './dates';
import { needs, type RawNeed, REFERENCE_SHAPE, type Reference, referenceFrom } from './needs';
import { type Located, located, type Place } from './reader';
import { run } from './run';
import { anyText, column, expression, id, integer, positive, ratio, table, text, variable } from './scalars';
import { writes } from './writes';

/** A source or processor as written: ids of others are not looked up yet. */
export interface RawNode {
  readonly id: Located<string>;
  readonly name: string;
  readonly tables: readonly string[];
  readonly tablesPlace: Place;
  readonly dateColumn: string;
  readonly where: string | undefined;
  readonly entity: readonly string[];
  readonly key: readonly string[];
  readonly writtenAt: string | undefined;
  readonly calendar: Located<string> | undefined;
  readonly bootstrapDays: number | undefined;
  readonly expect: RawExpectation;
  readonly checks: readonly Check[];
  readonly range: TextRange;
}

export interface RawProcessor extends RawNode {
  readonly needs: readonly RawNeed[];
  readonly run: readonly RunMethod[];
  readonly env: Readonly<Record<string, string>>;
  readonly log: Located<string> | undefined;
  readonly writes: readonly WrittenColumn[];
  readonly aliases: readonly string[];
}

export interface RawPhase {
  readonly id: Located<string>;
  readonly name: string;
  readonly calendar: Located<string> | undefined;
  readonly bootstrapDays: number;
  readonly processors: readonly RawProcessor[];
}

export interface RawExpectation {
  readonly minRows: number;
  readonly entities: number | undefined;
  readonly rowsPerCount: Located<number> | undefined;
  readonly ratioOf: { readonly on: Reference; readonly atLeast: number } | undefined;
}

export const ratioOf = object('`ratio_of`', { ...REFERENCE_SHAPE, at_least: required(ratio) }, (fields, place) => {
  const on = referenceFrom(fields, place, '`ratio_of`');
  return on && { on, atLeast: fields.at_least };
});

export const expectation = object(
  '`expect`',
  {
    min_rows: optional(integer({ min: 1 }), 1),
    entities: optional(integer({ min: 1 })),
    rows_per_count: optional(located(positive)),
    ratio_of: optional(ratioOf),
  },
  (fields): RawExpectation => ({
    minRows: fields.min_rows,
    entities: fields.entities,
    rowsPerCount: fields.rows_per_count,
    ratioOf: fields.ratio_of,
  }),
);

export const check = object(
  'a check',
  { name: required(text), expression: required(expression), at_least: optional(ratio, 1) },
  ({ name, expression: sql, at_least: atLeast }): Check => ({ name, expression: sql, atLeast }),
);

const columns = oneOrMany(column, { of: 'a column' });
const bootstrapDays = integer({ min: 0, max: MAX_DAYS });

const NODE_SHAPE = {
  id: required(located(id)),
  name: optional(text),
  table: optional(table),
  tables: optional(list(table, { min: 1, of: 'a table' })),
  date_column: required(column),
  where: optional(expression),
  entity: optional(columns, []),
  key: optional(columns, []),
  written_at: optional(column),
  calendar: optional(located(id)),
  bootstrap_days: optional(bootstrapDays),
  expect: optional(expectation, { minRows: 1, entities: undefined, rowsPerCount: undefined, ratioOf: undefined }),
  checks: optional(list(check, { of: 'a check' }), []),
};

function rawNode(fields: Fields<typeof NODE_SHAPE>, place: ObjectPlace<keyof typeof NODE_SHAPE>): RawNode {
  const { whole } = place;
  if (fields.expect.entities !== undefined && !place.has('entity'))
    place.at('expect').error('missingKey', '`entities` counts distinct entities: say with `entity` which column names them.');
  return {
    id: fields.id ?? { value: '', place: whole },
    name: fields.name ?? fields.id?.value ?? '',
    tables: tablesFrom(fields, place),
    tablesPlace: place.at(place.has('table') ? 'table' : 'tables'),
    dateColumn: fields.date_column,
    where: fields.where,
    entity: fields.entity,
    key: fields.key,
    writtenAt: fields.written_at,
    calendar: fields.calendar,
    bootstrapDays: fields.bootstrap_days,
    expect: fields.expect,
    checks: fields.checks,
    range: whole.node === undefined ? whole.range : whole.text.rangeOf(whole.node),
  };
}

function tablesFrom(
  { table: one, tables: many }: { table: string | undefined; tables: readonly string[] | undefined },
  place: ObjectPlace<'table' | 'tables'>,
): readonly string[] {
  if (one !== undefined && many !== undefined)
    place.at('tables').error('conflictingKeys', 'Write `table` for one table or `tables` for several, not both.');
  if (one === undefined && many === undefined)
    place.whole.error('missingKey', 'Its table is missing: add `table: dataset.table`, or `tables` for several.');
  const repeated = many?.find((name, index) => name !== '' && many.indexOf(name) < index);
  if (repeated !== undefined) place.at('tables').error('duplicateId', `\`${repeated}\` is there twice: remove one.`);
  return many ?? (one === undefined ? [] : [one]);
}

export const source = object('a source', NODE_SHAPE, rawNode);

export const processor = object(
  'a processor',
  {
    ...NODE_SHAPE,
    needs: optional(needs, []),
    run: optional(run, []),
    env: optional(record(variable, anyText), []),
    log: optional(located(id)),
    writes: optional(writes, []),
    aliases: optional(oneOrMany(text, { of: 'a name' }), []),
  },
  (fields, place): RawProcessor => {
    if (fields.run.some(({ kind }) => kind === 'sql') && (fields.tables?.length ?? 0) > 1)
      place
        .at('run')
        .error(
          'conflictingKeys',
          'A run with `sql` fills one table, and this processor has several: use `command`, or split it.',
        );
    return {
      ...rawNode(fields, place),
      needs: fields.needs,
      run: fields.run,
      env: Object.fromEntries(fields.env.map(([name, value]) => [name.value, value])),
      log: fields.log,
      writes: fields.writes,
      aliases: fields.aliases,
    };
  },
);

export const phase = object(
  'a phase',
  {
    id: required(located(id)),
    name: optional(text),
    calendar: optional(located(id)),
    bootstrap_days: optional(bootstrapDays, 0),
    processors: required(list(processor, { min: 1, of: 'a processor' })),
  },
  (fields, { whole }): RawPhase => ({
    id: fields.id ?? { value: '', place: whole },
    name: fields.name ?? fields.id?.value ?? '',
    calendar: fields.calendar,
    bootstrapDays: fields.bootstrap_days,
    processors: fields.processors,
  }),
);

/** Reports the ids that are taken further up. */
export function reportTaken(ids: readonly Located<string>[]): void {
  const seen = new Map<string, Place>();
  for (const { value, place } of ids) {
    const first = seen.get(value);
    if (value === '') continue;
    if (first === undefined) seen.set(value, place);
    else place.error('duplicateId', `The id \`${value}\` is taken on line ${first.range.start.line + 1}: choose another.`);
  }
}

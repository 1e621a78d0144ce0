import type { EarlierReading, WarehouseError } from '../../app/ports';
import type { DayRange } from '../../base/day';
import type { Pipeline, PipelineNode } from '../../core/pipeline';
import {
  type CoverageBranch,
  calendarBranch,
  calendarKey,
  checkWidth,
  nodeBranches,
  tableCalendars,
} from '../../core/sql/coverage';
import { calendarExpressions, dependsOnMore, expressionsOf, type NamedExpression } from '../../core/sql/expressions';
import type { BigqueryTables } from './bigqueryTables';

/** A node or a calendar table: what is read or not as one. */
export interface Subject {
  /** Node id, or `calendar:NAME`. */
  readonly key: string;
  readonly tables: readonly string[];
  readonly dateColumn: string;
  /** Read as a whole or not at all: the session compares calendars with what they were. */
  readonly isWhole: boolean;
  /** What was read of it before still holds where nothing changed. */
  readonly isKnown: boolean;
  /** Its tables do not tell of all that it depends on. */
  readonly isBlind: boolean;
  /** Its table is made by its first run. */
  readonly isUnmade: boolean;
  readonly expressions: readonly NamedExpression[];
  /** Rejects with a WarehouseError unless it can be read as far as metadata tell. */
  readonly require: () => Promise<void>;
  readonly branches: (ranges: readonly DayRange[]) => readonly CoverageBranch[];
}

/** All of a pipeline, calendars first. */
export function subjectsOf(pipeline: Pipeline, tables: BigqueryTables, before?: EarlierReading): Subject[] {
  const width = checkWidth(pipeline);
  return [
    ...tableCalendars(pipeline).map((calendar): Subject => {
      const { name, table, dateColumn } = calendar;
      return {
        key: calendarKey(name),
        tables: [table],
        dateColumn,
        isWhole: true,
        isKnown: before?.calendars.has(name) === true,
        isBlind: isAnyBlind(calendarExpressions(calendar)),
        isUnmade: false,
        expressions: calendarExpressions(calendar),
        require: () => tables.requireCalendar(calendar),
        branches: (ranges) => [calendarBranch(calendar, tables.dialectFor(dateColumn), ranges, width)],
      };
    }),
    ...pipeline.nodes.map(
      (node): Subject => ({
        key: node.id,
        tables: node.tables,
        dateColumn: node.dateColumn,
        isWhole: false,
        isKnown: before?.nodes.has(node.id) === true,
        isBlind: isAnyBlind(expressionsOf(node)),
        isUnmade: isUnmade(node, tables),
        expressions: expressionsOf(node),
        require: () => tables.requireNode(node),
        branches: (ranges) => nodeBranches(node, tables.dialectFor(node.dateColumn), ranges, width),
      }),
    ),
  ];
}

/** Whether what these expressions give can change while their tables do not. */
export function isAnyBlind(expressions: readonly NamedExpression[]): boolean {
  return expressions.some((expression) => dependsOnMore(expression, 'googlesql'));
}

/** Those that can be read; why others cannot goes to `errors`. */
export async function readable(subjects: readonly Subject[], errors: Map<string, WarehouseError>): Promise<Subject[]> {
  const found = await Promise.all(
    subjects.map(async (subject) => {
      if (subject.isUnmade) return [];
      try {
        await subject.require();
        return [subject];
      } catch (error) {
        errors.set(subject.key, error as WarehouseError);
        return [];
      }
    }),
  );
  return found.flat();
}

/** Every table that a reading of the pipeline takes, once. */
export function tablesOfPipeline(pipeline: Pipeline): string[] {
  const calendars = tableCalendars(pipeline).map(({ table }) => table);
  return [...new Set([...calendars, ...pipeline.nodes.flatMap((node) => node.tables)])];
}

/** A SQL processor's table is made by its first run. Every other missing table is a mistake. */
export function isUnmade(node: PipelineNode, tables: BigqueryTables): boolean {
  const made = node.kind === 'processor' && node.run.some(({ kind }) => kind === 'sql');
  return made && node.tables.some((table) => tables.isMissing(table));
}

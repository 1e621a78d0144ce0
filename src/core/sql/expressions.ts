import type { Pipeline, PipelineNode } from '../pipeline';
import { type TableCalendar, tableCalendars } from './coverage';

/** A SQL expression of the manifest with the words that name it. */
export interface NamedExpression {
  readonly subject: string;
  readonly expression: string;
}

/** All expressions of a manifest. */
export function expressionsIn(pipeline: Pipeline): NamedExpression[] {
  return [...tableCalendars(pipeline).flatMap(calendarExpressions), ...pipeline.nodes.flatMap(expressionsOf)];
}

/** `where` and the checks of a node. */
export function expressionsOf(node: PipelineNode): NamedExpression[] {
  const checks = node.checks.map(({ name, expression }) => ({ subject: `${node.id}: check \`${name}\``, expression }));
  return node.where === undefined ? checks : [{ subject: `${node.id}: \`where\``, expression: node.where }, ...checks];
}

/** The expressions of a calendar table. */
export function calendarExpressions({ name, where }: TableCalendar): NamedExpression[] {
  return where === undefined ? [] : [{ subject: `Calendar ${name}: \`where\``, expression: where }];
}

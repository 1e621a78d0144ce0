import type { Pipeline, PipelineNode } from '../pipeline';
import { type TableCalendar, tableCalendars } from './coverage';
import type { SqlLexis } from './lexis';
import { tokenize } from './tokens';

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

/** A query in the expression, the clock, chance, who asks, or a function that somebody defined: `dataset.function(`. */
const MORE =
  /\bSELECT\b|\( FROM\b|\| >|\b(?:CURRENT_(?:DATE|DATETIME|TIME|TIMESTAMP)|RAND|GENERATE_UUID|SESSION_USER)\b|(?:[\w`] \. \w+|`) \(/i;

/** Whether an expression can turn out otherwise although the rows that it is told of are what they were, as of another table's rows. */
export function dependsOnMore({ expression }: NamedExpression, lexis: SqlLexis): boolean {
  const code = tokenize(expression, lexis).flatMap(({ kind, text }) => {
    if (kind === 'space' || kind === 'comment') return [];
    if (kind === 'string') return "''";
    return kind === 'quotedName' ? '``' : text;
  });
  return MORE.test(code.join(' '));
}

import type { Command, OptionSpec } from './command';
import { placeholderOf, usageLine } from './parseCommandLine';
import { padded, textWidth, wrapped } from './textWidth';

const INDENT = '  ';

const EXIT_CODES: readonly (readonly [string, string])[] = [
  ['0', 'fine'],
  ['1', 'gaps or failed partitions remain'],
  ['2', 'a mistake in the command line or in the manifest'],
  ['3', 'the warehouse could not be read'],
  ['130', 'interrupted'],
];

/** `backfill --help`: every command in one line. */
export function generalHelp(commands: readonly Command[], width: number): string {
  const listed = commands.filter(({ hidden }) => hidden !== true);
  return [
    'Tells what a date-partitioned pipeline has covered, what is missing and why, and runs the backfills that mend it.',
    '',
    'Usage: backfill COMMAND [options]',
    '',
    'Commands:',
    ...definitions(
      listed.map(({ name, summary }) => [name, summary] as const),
      width,
    ),
    '',
    'The manifest is the nearest backfill.yaml in this folder or above it, or the one of --manifest.',
    "'backfill COMMAND --help' tells more; 'backfill --version' tells the version.",
    '',
    'Exit codes, for the scope that was asked for:',
    ...definitions(EXIT_CODES, width),
  ]
    .flatMap((line) => (line.startsWith(INDENT) ? [line] : wrapped(line, width)))
    .join('\n');
}

/** `backfill COMMAND --help`. */
export function commandHelp(command: Command, width: number): string {
  const lines = [`${command.summary}.`, '', `Usage: ${usageLine(command)}`];
  const section = (title: string, rows: readonly (readonly [string, string])[]) => {
    if (rows.length > 0) lines.push('', `${title}:`, ...definitions(rows, width));
  };
  section(
    'Operands',
    (command.operands ?? []).map(({ name, help }) => [name, help] as const),
  );
  section('Options', [
    ...Object.entries(command.options).map(([name, spec]) => [optionWords(name, spec), spec.help] as const),
    ['--help, -h', 'this text'],
  ]);
  for (const paragraph of command.details?.split('\n\n') ?? []) lines.push('', ...wrapped(paragraph, width));
  if (command.examples !== undefined) lines.push('', 'Examples:', ...command.examples.map((example) => INDENT + example));
  return lines.join('\n');
}

/** `--from D`. */
export function optionWords(name: string, spec: OptionSpec): string {
  const value = placeholderOf(spec);
  return value === '' ? `--${name}` : `--${name} ${value}`;
}

const WIDEST_TERM = 24;

function definitions(rows: readonly (readonly [string, string])[], width: number): string[] {
  const column = Math.min(WIDEST_TERM, Math.max(...rows.map(([term]) => textWidth(term))));
  return rows.flatMap(([term, text]) => {
    const lines = wrapped(text, Math.max(20, width - column - 4)).map((line) => `${INDENT}${' '.repeat(column)}${INDENT}${line}`);
    const head = INDENT + padded(term, column);
    if (textWidth(term) > column) return [INDENT + term, ...lines];
    return [head + (lines[0] ?? '').slice(head.length), ...lines.slice(1)];
  });
}

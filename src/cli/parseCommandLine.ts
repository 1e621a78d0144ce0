import { parseArgs } from 'node:util';
import { parseDay } from '../base/day';
import { nearest } from '../base/nearest';
import type { Command, OptionSpec, OptionSpecs } from './command';
import { plain } from './textWidth';

/** What a command line asks for, or the one line that says what is wrong with it. */
export type Parsed =
  | {
      readonly kind: 'run';
      readonly command: Command;
      readonly options: Readonly<Record<string, unknown>>;
      readonly operands: readonly string[];
    }
  | { readonly kind: 'help'; readonly command?: Command }
  | { readonly kind: 'version' }
  | { readonly kind: 'problem'; readonly message: string };

/** Reads the words after `backfill`. Never throws. */
export function parseCommandLine(words: readonly string[], commands: readonly Command[]): Parsed {
  const [first, ...rest] = words;
  if (first === undefined || first === '--help' || first === '-h') return { kind: 'help' };
  if (first === '--version' || first === '-V') return { kind: 'version' };
  if (first === 'help') return helpFor(rest[0], commands);
  const command = commands.find(({ name }) => name === first);
  if (command === undefined) return unknownCommand(first, commands);
  return parseOptions(command, rest);
}

function helpFor(name: string | undefined, commands: readonly Command[]): Parsed {
  if (name === undefined) return { kind: 'help' };
  const command = commands.find((candidate) => candidate.name === name);
  return command === undefined ? unknownCommand(name, commands) : { kind: 'help', command };
}

function unknownCommand(word: string, commands: readonly Command[]): Parsed {
  const names = commands.filter(({ hidden }) => hidden !== true).map(({ name }) => name);
  if (word.startsWith('-')) return problem(`The command comes first, then its options: backfill COMMAND ${word} …`);
  return problem(`There is no command '${word}'.${didYouMean(word, names)} 'backfill --help' lists the commands.`);
}

function parseOptions(command: Command, words: readonly string[]): Parsed {
  const { tokens } = parseArgs({
    args: [...words],
    options: {
      ...Object.fromEntries(
        Object.entries(command.options).map(([name, { kind }]) => [
          name,
          { type: kind === 'flag' ? ('boolean' as const) : ('string' as const), multiple: true },
        ]),
      ),
      help: { type: 'boolean', short: 'h' },
    },
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  if (tokens.some((token) => token.kind === 'option' && token.name === 'help')) return { kind: 'help', command };

  const given = new Map<string, string[]>();
  const operands: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind !== 'option') continue;
    const spec = specOf(command.options, token.name);
    if (spec === undefined) return unknownOption(command, token.rawName);
    const inline = token.inlineValue === true;
    if (spec.kind === 'flag') {
      if (inline) return problem(`${token.rawName} takes no value.`);
      given.set(token.name, []);
    } else {
      // Without `=`, a word that begins with a dash is the next option, never a value.
      if (token.value === undefined || (!inline && token.value.startsWith('-'))) {
        return problem(`${token.rawName} needs a value: ${token.rawName} ${placeholderOf(spec)}`);
      }
      given.set(token.name, [...(given.get(token.name) ?? []), token.value]);
    }
  }

  const options: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(command.options)) {
    const read = readValue(name, spec, given.get(name));
    if ('message' in read) return problem(read.message);
    options[name] = read.value;
  }
  const misplaced = operandProblem(command, operands);
  return misplaced === undefined ? { kind: 'run', command, options, operands } : problem(misplaced);
}

function specOf(options: OptionSpecs, name: string): OptionSpec | undefined {
  return Object.hasOwn(options, name) ? options[name] : undefined;
}

function operandProblem(command: Command, operands: readonly string[]): string | undefined {
  const expected = command.operands ?? [];
  const missing = expected.find((operand, index) => operand.optional !== true && operands[index] === undefined);
  if (missing !== undefined) return `backfill ${command.name} needs ${missing.name}: ${usageLine(command)}`;
  const extra = operands[expected.length];
  return extra === undefined ? undefined : `backfill ${command.name} does not take '${extra}': ${usageLine(command)}`;
}

function unknownOption(command: Command, rawName: string): Parsed {
  const names = Object.keys(command.options).map((name) => `--${name}`);
  const more = `'backfill ${command.name} --help' lists its options.`;
  return problem(`backfill ${command.name} has no option '${rawName}'.${didYouMean(rawName, names)} ${more}`);
}

type Read = { readonly value: unknown } | { readonly message: string };

function readValue(name: string, spec: OptionSpec, given: readonly string[] | undefined): Read {
  const words = (given ?? []).flatMap((value) => value.split(',')).map((word) => word.trim());
  switch (spec.kind) {
    case 'flag':
      return { value: given !== undefined };
    case 'list':
      return { value: words.filter((word) => word !== '') };
    case 'dates': {
      const days = words.filter((word) => word !== '').map((word) => ({ word, day: parseDay(word) }));
      const wrong = days.find(({ day }) => day === undefined);
      return wrong === undefined ? { value: days.map(({ day }) => day) } : { message: notADate(name, wrong.word) };
    }
    case 'choices': {
      const wrong = words.find((word) => !spec.of.includes(word));
      return wrong === undefined ? { value: words } : { message: notAChoice(name, spec.of, wrong) };
    }
    case 'text':
    case 'date':
    case 'count':
    case 'choice':
      break;
  }
  if (given !== undefined && given.length > 1) return { message: `--${name} is given more than once.` };
  const text = given?.[0];
  if (text === undefined) return { value: undefined };
  switch (spec.kind) {
    case 'text':
      return { value: text };
    case 'date': {
      const day = parseDay(text);
      return day === undefined ? { message: notADate(name, text) } : { value: day };
    }
    case 'count':
      return /^\d{1,9}$/.test(text.replaceAll(',', ''))
        ? { value: Number(text.replaceAll(',', '')) }
        : { message: `--${name} takes a whole number, not '${text}'.` };
    case 'choice':
      return spec.of.includes(text) ? { value: text } : { message: notAChoice(name, spec.of, text) };
  }
}

function notADate(name: string, text: string): string {
  return `--${name}: '${text}' is no date. Dates are written YYYY-MM-DD.`;
}

function notAChoice(name: string, choices: readonly string[], text: string): string {
  return `--${name} is one of ${choices.join(', ')}, not '${text}'.${didYouMean(text, choices)}`;
}

function problem(message: string): Parsed {
  return { kind: 'problem', message: plain(message) };
}

/** `D`, `A,B` or `table|json`: what stands after an option in usage lines. */
export function placeholderOf(spec: OptionSpec): string {
  switch (spec.kind) {
    case 'flag':
      return '';
    case 'choice':
      return spec.of.join('|');
    case 'choices':
      return spec.of.join(',');
    case 'text':
    case 'list':
    case 'date':
    case 'dates':
    case 'count':
      return spec.value;
  }
}

export function usageLine(command: Command): string {
  const operands = (command.operands ?? []).map(({ name, optional }) => (optional === true ? `[${name}]` : name));
  const options = Object.keys(command.options).length > 0 ? ['[options]'] : [];
  return ['backfill', command.name, ...operands, ...options].join(' ');
}

/** ` Did you mean 'coverage'?` for the nearest of the known words, or nothing when none is near. */
export function didYouMean(word: string, known: readonly string[]): string {
  const begun = word.length < 3 ? [] : known.filter((candidate) => candidate.startsWith(word));
  const near = begun.length === 1 ? begun[0] : nearest(word, known);
  return near === undefined ? '' : ` Did you mean '${near}'?`;
}

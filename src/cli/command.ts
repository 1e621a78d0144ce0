import type { Day } from '../base/day';
import type { ExitCode } from './exitCodes';
import type { Services } from './services';
import type { Terminal } from './terminal';

/** What an option takes. `list` may be repeated and its values separated by commas; `date` is ISO. */
export type OptionSpec =
  | { readonly kind: 'flag'; readonly help: string }
  | { readonly kind: 'text' | 'list' | 'date' | 'dates' | 'count'; readonly value: string; readonly help: string }
  | { readonly kind: 'choice' | 'choices'; readonly of: readonly string[]; readonly help: string };

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** The value of an option as a command reads it; what was not given is undefined, empty or false. */
export type OptionValue<S extends OptionSpec> = S extends { kind: 'flag' }
  ? boolean
  : S extends { kind: 'date' }
    ? Day | undefined
    : S extends { kind: 'dates' }
      ? readonly Day[]
      : S extends { kind: 'count' }
        ? number | undefined
        : S extends { kind: 'list' }
          ? readonly string[]
          : S extends { kind: 'choice'; of: readonly (infer V)[] }
            ? V | undefined
            : S extends { kind: 'choices'; of: readonly (infer V)[] }
              ? readonly V[]
              : string | undefined;

export type OptionValues<O extends OptionSpecs> = { readonly [K in keyof O]: OptionValue<O[K]> };

export interface Operand {
  readonly name: string;
  readonly help: string;
  readonly optional?: boolean;
}

export interface CommandSpec<O extends OptionSpecs> {
  readonly name: string;
  /** One line, in the imperative. */
  readonly summary: string;
  /** What somebody should know before using it; paragraphs separated by empty lines. */
  readonly details?: string;
  readonly operands?: readonly Operand[];
  readonly options: O;
  readonly examples?: readonly string[];
  /** Not listed: for the product's own processes. */
  readonly hidden?: boolean;
  run(context: Context, options: OptionValues<O>, operands: readonly string[]): Promise<ExitCode>;
}

/** What a command works with. */
export interface Context {
  readonly terminal: Terminal;
  readonly services: Services;
  /** Absolute. */
  readonly cwd: string;
}

/** A command whose options are checked: `run` takes what `parseCommandLine` read. */
export interface Command extends Omit<CommandSpec<OptionSpecs>, 'run'> {
  run(context: Context, options: Readonly<Record<string, unknown>>, operands: readonly string[]): Promise<ExitCode>;
}

/** Keeps the types of a command's options between their declaration and its `run`. */
export function defineCommand<const O extends OptionSpecs>(spec: CommandSpec<O>): Command {
  // The parser makes exactly the values that the specs declare, which is what makes this safe.
  return { ...spec, run: (context, options, operands) => spec.run(context, options as OptionValues<O>, operands) };
}

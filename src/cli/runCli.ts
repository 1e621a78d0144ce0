import { JournalError } from '../app/journal';
import { WarehouseError } from '../app/ports';
import { WaiversError } from '../app/waiversFile';
import type { Command, Context } from './command';
import { CommandFailure, EXIT, type ExitCode } from './exitCodes';
import { commandHelp, generalHelp } from './help';
import { parseCommandLine } from './parseCommandLine';
import { toned } from './terminal';

/** Runs one command line. What goes wrong is told in a line or two on standard error; only a mistake of the product itself is thrown. */
export async function runCli(words: readonly string[], commands: readonly Command[], context: Context): Promise<ExitCode> {
  const { terminal, services } = context;
  const parsed = parseCommandLine(words, commands);
  switch (parsed.kind) {
    case 'version':
      terminal.print(services.version);
      return EXIT.fine;
    case 'help':
      terminal.print(
        parsed.command === undefined ? generalHelp(commands, terminal.width) : commandHelp(parsed.command, terminal.width),
      );
      return EXIT.fine;
    case 'problem':
      terminal.warn(toned(terminal, 'bad', parsed.message));
      return EXIT.usage;
    case 'run':
      try {
        return await parsed.command.run(context, parsed.options, parsed.operands);
      } catch (thrown) {
        const failure = failureOf(thrown);
        if (failure === undefined) throw thrown;
        terminal.warn(toned(terminal, 'bad', failure.message));
        return failure.exitCode;
      }
  }
}

function failureOf(thrown: unknown): { readonly exitCode: ExitCode; readonly message: string } | undefined {
  if (thrown instanceof CommandFailure) return thrown;
  if (thrown instanceof WarehouseError) return { exitCode: EXIT.warehouse, message: thrown.message };
  if (thrown instanceof JournalError || thrown instanceof WaiversError) return { exitCode: EXIT.usage, message: thrown.message };
  return undefined;
}

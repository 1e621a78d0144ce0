/** Exit codes, for the scope that was asked for. */
export const EXIT = {
  fine: 0,
  /** Gaps or failed partitions remain. */
  gaps: 1,
  /** A mistake in the command line or in the manifest. */
  usage: 2,
  /** The warehouse could not be read. */
  warehouse: 3,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command with a message for people; `main` prints it and nothing else. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** A mistake of the person who typed the command. */
export function usageError(message: string): CommandFailure {
  return new CommandFailure(EXIT.usage, message);
}

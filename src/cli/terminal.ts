import { styleText } from 'node:util';

/** Where a command writes. Texts are whole lines unless said otherwise; nothing here ever throws. */
export interface Terminal {
  /** Standard output is a terminal that people watch. */
  readonly isTty: boolean;
  /** Standard input is one too: questions can be asked. */
  readonly canAsk: boolean;
  readonly color: boolean;
  /** Columns; 80 where the output has none. Grows and shrinks with the window. */
  readonly width: number;
  readonly height: number;
  /** Writes lines to standard output. */
  print(text: string): void;
  /** Writes lines to standard error. */
  warn(text: string): void;
  /** Writes to standard output as it is, without a line's end. */
  write(text: string | Uint8Array): void;
  /**
   * Called when nobody reads the output any more (a closed terminal, a closed pipe) or the process is told to end, which it then does not
   * do by itself; returns how to stop listening.
   */
  onClosed(listener: () => void): () => void;
  onResize(listener: () => void): () => void;
  /** Ctrl+C no longer ends the process while somebody listens. */
  onInterrupt(listener: () => void): () => void;
  /** Takes the keys as they are typed, without echo, Ctrl+C included; returns how to give them back. */
  readKeys(listener: (keys: string) => void): () => void;
  /** Asks a question; undefined when the input ends before an answer. */
  ask(question: string): Promise<string | undefined>;
}

export type Tone = 'good' | 'bad' | 'warning' | 'quiet' | 'strong';

const STYLES = { good: 'green', bad: 'red', warning: 'yellow', quiet: 'dim', strong: 'bold' } as const;

/** The text in a tone; colour only ever repeats what words or symbols say. */
export function toned(terminal: Pick<Terminal, 'color'>, tone: Tone | undefined, text: string): string {
  return terminal.color && tone !== undefined ? styleText(STYLES[tone], text, { validateStream: false }) : text;
}

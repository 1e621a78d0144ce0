import { createInterface } from 'node:readline/promises';
import type { Terminal } from './terminal';

/** The terminal of this process. A reader that went away (EPIPE, EIO) makes it silent and never ends the process. */
export function processTerminal(process: NodeJS.Process): Terminal {
  const { stdin, stdout, stderr, env } = process;
  const isTty = stdout.isTTY === true;
  const noColor = env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '';
  const closedListeners = new Set<() => void>();
  let closed = false;

  const close = () => {
    if (closed) return;
    closed = true;
    for (const listener of closedListeners) listener();
  };
  stdout.on('error', close);
  stderr.on('error', () => {});

  const write = (text: string | Uint8Array) => {
    if (!closed) stdout.write(text);
  };
  return {
    isTty,
    canAsk: isTty && stdin.isTTY === true,
    color: isTty && !noColor && stdout.hasColors(),
    get width() {
      return stdout.columns > 0 ? stdout.columns : 80;
    },
    get height() {
      return stdout.rows > 0 ? stdout.rows : 24;
    },
    print: (text) => write(`${text}\n`),
    warn: (text) => {
      stderr.write(`${text}\n`);
    },
    write,
    onClosed(listener) {
      closedListeners.add(listener);
      process.on('SIGTERM', listener);
      return () => {
        closedListeners.delete(listener);
        process.off('SIGTERM', listener);
      };
    },
    onResize(listener) {
      stdout.on('resize', listener);
      return () => stdout.off('resize', listener);
    },
    onInterrupt(listener) {
      process.on('SIGINT', listener);
      return () => process.off('SIGINT', listener);
    },
    readKeys(listener) {
      const onData = (data: Buffer) => listener(data.toString());
      stdin.setRawMode(true);
      stdin.on('data', onData);
      // A terminal that is closed ends its input, often with EIO.
      stdin.on('error', close);
      stdin.on('end', close);
      stdin.resume();
      return () => {
        stdin.off('data', onData);
        stdin.off('end', close);
        stdin.setRawMode(false);
        stdin.pause();
      };
    },
    async ask(question) {
      const reader = createInterface({ input: stdin, output: stdout });
      try {
        return await new Promise<string | undefined>((resolve, reject) => {
          reader.once('close', () => resolve(undefined));
          reader.once('SIGINT', () => resolve(undefined));
          reader.question(question).then(resolve, reject);
        });
      } finally {
        reader.close();
      }
    },
  };
}

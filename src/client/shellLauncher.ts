/** The files of a `backfill` command that runs on the runtime of VS Code itself, so that nobody needs a Node of their own. */
export function shellLauncher(
  runtime: string,
  commandLineModule: string,
): readonly { readonly name: string; readonly text: string }[] {
  return [
    { name: 'backfill', text: `#!/bin/sh\nELECTRON_RUN_AS_NODE=1 exec ${sh(runtime)} ${sh(commandLineModule)} "$@"\n` },
    {
      name: 'backfill.cmd',
      text: `@echo off\r\nsetlocal\r\nset ELECTRON_RUN_AS_NODE=1\r\n${cmd(runtime)} ${cmd(commandLineModule)} %*\r\n`,
    },
  ];
}

/** A word as a POSIX shell reads it back. */
function sh(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A path as a batch file reads it back; quotes cannot stand in one. */
function cmd(path: string): string {
  return `"${path.replaceAll('%', '%%')}"`;
}

import { delimiter, dirname } from 'node:path';
import * as vscode from 'vscode';
import { messageOf } from '../base/logger';
import { Disposables } from './disposables';
import { shellLauncher } from './shellLauncher';

const PIDS = 'backfill.terminalPids';

/** The integrated terminals that show backfills, and the `backfill` command in all others. */
export class Terminals implements vscode.Disposable {
  readonly #context: vscode.ExtensionContext;
  readonly #commandLineModule: string;
  readonly #byBackfill = new Map<string, vscode.Terminal>();
  readonly #disposables = new Disposables();

  constructor(context: vscode.ExtensionContext) {
    this.#context = context;
    this.#commandLineModule = context.asAbsolutePath('dist/cli.js');
    this.#disposables.add(
      vscode.window.onDidCloseTerminal((closed) => {
        for (const [id, terminal] of this.#byBackfill) if (terminal === closed) this.#byBackfill.delete(id);
      }),
    );
  }

  /** Shows a backfill: in the terminal that shows it already, else in a new one. Attaching starts it when it did not run yet. */
  async attach(backfill: { readonly id: string; readonly name: string }, manifest: string): Promise<vscode.Terminal> {
    const known = (await this.#find(backfill.id)) ?? this.#create(backfill, manifest);
    known.show();
    return known;
  }

  /** Goes on with an interrupted backfill, in a terminal that then shows it. */
  async resume(backfill: { readonly id: string; readonly name: string }, manifest: string): Promise<vscode.Terminal> {
    // One that is open shows how it was interrupted.
    this.#byBackfill.delete(backfill.id);
    const terminal = this.#create(backfill, manifest, 'resume');
    terminal.show();
    return terminal;
  }

  /** Runs a command of the command line where somebody can answer it; ends when its terminal is closed. */
  async run(name: string, words: readonly string[], directory: vscode.Uri): Promise<void> {
    const terminal = vscode.window.createTerminal({ ...this.#shell(words), name, cwd: directory });
    terminal.show();
    await new Promise<void>((resolve) => {
      const closed = vscode.window.onDidCloseTerminal((one) => {
        if (one !== terminal) return;
        closed.dispose();
        resolve();
      });
    });
  }

  /** Puts `backfill` on the PATH of terminals that are opened from now on. */
  async installLauncher(): Promise<void> {
    const version = String(this.#context.extension.packageJSON['version']);
    // By version: a terminal that is open keeps the launcher it was opened with.
    const folder = vscode.Uri.joinPath(this.#context.globalStorageUri, 'bin', version);
    await vscode.workspace.fs.createDirectory(folder);
    for (const { name, text } of shellLauncher(process.execPath, this.#commandLineModule)) {
      await writeExecutable(vscode.Uri.joinPath(folder, name), text);
    }
    const { environmentVariableCollection: variables } = this.#context;
    variables.description = 'Makes the command `backfill` available.';
    variables.prepend('PATH', `${folder.fsPath}${delimiter}`, { applyAtProcessCreation: true, applyAtShellIntegration: true });
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #create(
    { id, name }: { readonly id: string; readonly name: string },
    manifest: string,
    command: 'attach' | 'resume' = 'attach',
  ): vscode.Terminal {
    const terminal = vscode.window.createTerminal({
      ...this.#shell([
        command,
        id,
        ...(command === 'resume' ? ['--asked-at', String(Date.now())] : []),
        '--keep-open',
        '--manifest',
        manifest,
      ]),
      name: `Backfill ${name}`,
      cwd: dirname(manifest),
    });
    this.#byBackfill.set(id, terminal);
    void this.#remember(id, terminal);
    return terminal;
  }

  #shell(words: readonly string[]): vscode.TerminalOptions {
    return {
      shellPath: process.execPath,
      shellArgs: [this.#commandLineModule, ...words],
      env: { ELECTRON_RUN_AS_NODE: '1' },
      iconPath: new vscode.ThemeIcon('table'),
    };
  }

  /** After a reload VS Code tells neither how a terminal was made nor by whom: its process id is all that identifies it. */
  async #find(id: string): Promise<vscode.Terminal | undefined> {
    const known = this.#byBackfill.get(id);
    if (known !== undefined && known.exitStatus === undefined) return known;
    const pid = this.#pids()[id];
    if (pid === undefined) return undefined;
    for (const terminal of vscode.window.terminals) {
      if (terminal.exitStatus === undefined && (await terminal.processId) === pid) {
        this.#byBackfill.set(id, terminal);
        return terminal;
      }
    }
    return undefined;
  }

  async #remember(id: string, terminal: vscode.Terminal): Promise<void> {
    const pid = await terminal.processId;
    if (pid === undefined) return;
    // Only the newest few can still be open.
    const entries = Object.entries({ ...this.#pids(), [id]: pid }).slice(-20);
    await this.#context.workspaceState.update(PIDS, Object.fromEntries(entries));
  }

  #pids(): Readonly<Record<string, number>> {
    return this.#context.workspaceState.get<Record<string, number>>(PIDS, {});
  }
}

async function writeExecutable(uri: vscode.Uri, text: string): Promise<void> {
  const { chmod, readFile, writeFile } = await import('node:fs/promises');
  const same = await readFile(uri.fsPath, 'utf8').then(
    (written) => written === text,
    () => false,
  );
  if (same) return;
  await writeFile(uri.fsPath, text);
  await chmod(uri.fsPath, 0o755).catch((error: unknown) => {
    throw new Error(`${uri.fsPath} cannot be made executable: ${messageOf(error)}`);
  });
}

import * as vscode from 'vscode';
import { messageOf } from '../../base/logger';
import { LOG_SCHEME } from '../../protocol/contributions/ids';
import type { LogChange, LogId, LogOutline, LogPage, LogPlace, LogState } from '../../protocol/logs';
import { Disposables } from '../disposables';
import type { Engine } from '../engine';
import { GrowingBytes } from './growingBytes';
import { idOf, uriOf } from './logUri';

/** What is shown of a log, as the engine told it. */
export interface ShownLog {
  readonly id: LogId;
  readonly state: LogState;
  /** Absent until the engine has told it. */
  readonly outline: LogOutline | undefined;
  /** Lines of the text, without the empty one after the last. */
  readonly lineCount: number;
}

interface OpenLog {
  readonly uri: vscode.Uri;
  readonly id: LogId;
  text: GrowingBytes;
  lineCount: number;
  version: number;
  mtime: number;
  state: LogState;
  outline: LogOutline | undefined;
  fire: NodeJS.Timeout | undefined;
  firedAt: number;
}

const ENGINE_PATIENCE_MS = 30_000;
const NOTHING: LogOutline = { sections: [], problems: [], timed: true };
const OUTLINE_PATIENCE_MS = 5_000;
const SLOWEST_MS = 2_000;
const FASTEST_MS = 200;
/** VS Code reads a document as a whole at each change: the larger it is, the rarer they are told. */
const MS_PER_MEGABYTE = 250;

/**
 * Logs as read-only files: what the engine shows of them. Changes at the end reach an editor as insertions, because VS Code compares what
 * it has with what it reads.
 */
export class LogFileSystem implements vscode.FileSystemProvider, vscode.Disposable {
  readonly #engine: Engine;
  readonly #open = new Map<string, OpenLog>();
  readonly #opening = new Map<string, Promise<OpenLog>>();
  readonly #files = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly #told = new vscode.EventEmitter<vscode.Uri>();
  readonly #disposables = new Disposables();

  readonly onDidChangeFile = this.#files.event;
  /** Outline or state of a log differ from before. */
  readonly onDidTell = this.#told.event;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#disposables.add(this.#files);
    this.#disposables.add(this.#told);
    this.#disposables.add(
      vscode.workspace.registerFileSystemProvider(LOG_SCHEME, this, {
        isReadonly: new vscode.MarkdownString('A log is shown as it was written.'),
        isCaseSensitive: true,
      }),
    );
    this.#disposables.add(engine.on('backfill/logChanged', (change) => this.#change(change)));
    this.#disposables.add(
      engine.onDidChangeStatus(({ state }) => {
        // Another engine knows nothing of what was open.
        if (state === 'ready') for (const log of this.#open.values()) if (log.state.later === 0) void this.#reopen(log);
      }),
    );
    // One that others opened without a tab.
    this.#disposables.add(vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#close(uri)));
    this.#disposables.add(
      // The document itself lives on for minutes after its last editor.
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
        for (const { input } of closed) if (input instanceof vscode.TabInputText) this.#close(input.uri);
      }),
    );
  }

  /** What is known of a log that is open. */
  shown(uri: vscode.Uri): ShownLog | undefined {
    return this.#open.get(uri.toString());
  }

  /** What is said of a log that is open, as soon as it is known. */
  async outline(uri: vscode.Uri): Promise<LogOutline> {
    const known = () => {
      const log = this.shown(uri);
      return log === undefined ? NOTHING : log.outline;
    };
    return (
      known() ??
      new Promise((resolve) => {
        const end = () => {
          clearTimeout(timer);
          listener.dispose();
          resolve(known() ?? NOTHING);
        };
        const timer = setTimeout(end, OUTLINE_PATIENCE_MS);
        const listener = this.onDidTell(() => known() !== undefined && end());
      })
    );
  }

  /** Shows a place of a log, or its end. */
  async show(id: LogId, at?: LogPlace): Promise<LogPage> {
    const page = await this.#ask(id, at);
    this.#take(id, page);
    return page;
  }

  /** Shows more of a log that is open, and where that begins. */
  async move(id: LogId, to: 'earlier' | 'later' | 'end'): Promise<LogPage> {
    const move = () => this.#engine.request('backfill/moveLog', { id, to });
    const earlier = this.#open.get(uriOf(id).toString())?.state.earlier ?? 0;
    const page = await move().catch(async () => {
      // An engine that was started again knows nothing of it.
      await this.#ask(id, { offset: earlier });
      return move();
    });
    this.#take(id, page);
    return page;
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { mtime, text } = await this.#of(uri);
    return { type: vscode.FileType.File, ctime: 0, mtime, size: text.length, permissions: vscode.FilePermission.Readonly };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return (await this.#of(uri)).text.bytes;
  }

  /** The engine watches. */
  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  writeFile(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  dispose(): void {
    for (const { fire } of this.#open.values()) clearTimeout(fire);
    this.#disposables.dispose();
  }

  async #of(uri: vscode.Uri): Promise<OpenLog> {
    const key = uri.toString();
    const known = this.#open.get(key);
    if (known !== undefined) return known;
    const id = idOf(uri);
    if (id === undefined) throw vscode.FileSystemError.FileNotFound(uri);
    const opening = this.#opening.get(key) ?? this.#ask(id, undefined).then((page) => this.#take(id, page));
    this.#opening.set(key, opening);
    try {
      return await opening;
    } catch (error) {
      throw vscode.FileSystemError.Unavailable(messageOf(error));
    } finally {
      this.#opening.delete(key);
    }
  }

  /** After a reload of the window editors are there before the engine is. */
  async #ask(id: LogId, at: LogPlace | undefined): Promise<LogPage> {
    await this.#engine.ready(ENGINE_PATIENCE_MS);
    return this.#engine.request('backfill/openLog', { id, ...(at !== undefined && { at }) });
  }

  #take(id: LogId, page: LogPage): OpenLog {
    const uri = uriOf(id);
    const { version, text, state, outline } = page;
    const known = this.#open.get(uri.toString());
    const log: OpenLog = known ?? {
      uri,
      id,
      text: new GrowingBytes(''),
      lineCount: 0,
      version: 0,
      mtime: Date.now(),
      state,
      outline,
      fire: undefined,
      firedAt: 0,
    };
    // What is said of what was shown before is about other lines.
    Object.assign(log, { text: new GrowingBytes(text), lineCount: linesOf(text), version, state, outline });
    this.#open.set(uri.toString(), log);
    if (known !== undefined || vscode.workspace.textDocuments.some((one) => one.uri.toString() === uri.toString()))
      this.#fire(log, 0);
    this.#told.fire(uri);
    return log;
  }

  #change({ id, version, append, page, state, outline }: LogChange): void {
    const log = this.#open.get(uriOf(id).toString());
    if (log === undefined) return;
    if (page !== undefined) {
      this.#take(id, page);
      return;
    }
    if (version > log.version + (append === undefined ? 0 : 1)) {
      void this.#reopen(log);
      return;
    }
    // What an answer brought meanwhile holds this already.
    if (version <= log.version && append !== undefined) return;
    log.version = version;
    log.state = state;
    if (outline !== undefined) log.outline = outline;
    if (append !== undefined) {
      log.text.add(append);
      log.lineCount += linesOf(append);
      const pause = (log.text.length / 1e6) * MS_PER_MEGABYTE;
      this.#fire(log, Math.max(FASTEST_MS, Math.min(SLOWEST_MS, pause)));
    }
    this.#told.fire(log.uri);
  }

  /** @param pause since the last time, in milliseconds. */
  #fire(log: OpenLog, pause: number): void {
    log.mtime++;
    if (pause > 0 && log.fire !== undefined) return;
    clearTimeout(log.fire);
    log.fire = setTimeout(
      () => {
        log.fire = undefined;
        log.firedAt = Date.now();
        this.#files.fire([{ type: vscode.FileChangeType.Changed, uri: log.uri }]);
      },
      Math.max(0, log.firedAt + pause - Date.now()),
    );
  }

  #close(uri: vscode.Uri): void {
    const key = uri.toString();
    const log = this.#open.get(key);
    const { all } = vscode.window.tabGroups;
    const isOpen = all.some(({ tabs }) =>
      tabs.some(({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === key),
    );
    if (log === undefined || isOpen) return;
    clearTimeout(log.fire);
    this.#open.delete(key);
    this.#engine.notify('backfill/closeLog', { id: log.id });
    this.#told.fire(uri);
  }

  async #reopen({ id }: OpenLog): Promise<void> {
    // Where it cannot be read any more, what was read stays on the screen.
    await this.show(id).catch(() => undefined);
  }
}

function linesOf(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

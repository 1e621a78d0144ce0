import { isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import { MANIFEST_NAME } from '../protocol/contributions/ids';
import type { SettingId } from '../protocol/contributions/settings';
import { Disposables } from './disposables';

/** A manifest that was found in a workspace folder. */
export interface PipelineFile {
  readonly folder: vscode.WorkspaceFolder;
  readonly manifest: vscode.Uri;
}

const CHOSEN = 'backfill.chosenManifest';
const SETTING: SettingId = 'backfill.manifest';

/** Finds the manifests of the workspace and remembers which one is shown. */
export class Pipelines implements vscode.Disposable {
  readonly #state: vscode.Memento;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #disposables = new Disposables();
  #watchers = new Disposables();

  /** A manifest may have come or gone, or another one is to be shown. */
  readonly onDidChange = this.#changed.event;

  constructor(state: vscode.Memento) {
    this.#state = state;
    this.#disposables.add(this.#changed);
    this.#disposables.add(vscode.workspace.onDidChangeWorkspaceFolders(() => this.#reset()));
    this.#disposables.add(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(SETTING)) this.#reset();
      }),
    );
    this.#watch();
  }

  async all(): Promise<readonly PipelineFile[]> {
    const found = await Promise.all(
      folders().map(async (folder): Promise<PipelineFile | undefined> => {
        const manifest = manifestOf(folder);
        return (await isFile(manifest)) ? { folder, manifest } : undefined;
      }),
    );
    return found.filter((pipeline) => pipeline !== undefined);
  }

  /** The one that was chosen, or the first. */
  async current(): Promise<PipelineFile | undefined> {
    const all = await this.all();
    const chosen = this.#state.get<string>(CHOSEN);
    return all.find(({ manifest }) => manifest.toString() === chosen) ?? all[0];
  }

  async choose({ manifest }: PipelineFile): Promise<void> {
    await this.#state.update(CHOSEN, manifest.toString());
    this.#changed.fire();
  }

  dispose(): void {
    this.#watchers.dispose();
    this.#disposables.dispose();
  }

  #reset(): void {
    this.#watch();
    this.#changed.fire();
  }

  /** Only whether manifests are there: what is in them is watched by the server. */
  #watch(): void {
    this.#watchers.dispose();
    this.#watchers = new Disposables();
    for (const folder of folders()) {
      const manifest = manifestOf(folder);
      const directory = vscode.Uri.joinPath(manifest, '..');
      const name = manifest.path.slice(manifest.path.lastIndexOf('/') + 1);
      const watcher = this.#watchers.add(
        vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(directory, name), false, true, false),
      );
      this.#watchers.add(watcher.onDidCreate(() => this.#changed.fire()));
      this.#watchers.add(watcher.onDidDelete(() => this.#changed.fire()));
    }
  }
}

function folders(): readonly vscode.WorkspaceFolder[] {
  return (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
}

function manifestOf(folder: vscode.WorkspaceFolder): vscode.Uri {
  const path = vscode.workspace.getConfiguration(undefined, folder.uri).get<string>(SETTING, '').trim();
  if (path === '') return vscode.Uri.joinPath(folder.uri, MANIFEST_NAME);
  return isAbsolute(path) ? vscode.Uri.file(path) : vscode.Uri.joinPath(folder.uri, path);
}

async function isFile(uri: vscode.Uri): Promise<boolean> {
  try {
    return ((await vscode.workspace.fs.stat(uri)).type & vscode.FileType.File) !== 0;
  } catch {
    return false;
  }
}

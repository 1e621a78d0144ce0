import * as vscode from 'vscode';
import { GAP_STATUSES, STATUSES } from '../base/status';
import { type CoverageArrangement, GROUPINGS, type Grouping } from '../protocol/messages';
import { setContextKey } from './contextKeys';
import type { Engine } from './engine';

const KEY = 'backfill.arrangement';

const GROUPING_TEXTS: Readonly<Record<Grouping, { readonly label: string; readonly description: string }>> = {
  phase: { label: 'Phase', description: 'phase, processor, month, date' },
  season: { label: 'Season', description: 'season, processor, month, date; newest first' },
  cause: { label: 'Root cause', description: 'what to mend first, and the dates that wait for it' },
};

/** How the Coverage tree of this workspace is grouped and filtered. The engine does it; here it is chosen and remembered. */
export class Arrangement implements vscode.Disposable {
  readonly #engine: Engine;
  readonly #state: vscode.Memento;
  readonly #ready: vscode.Disposable;

  /** To be made before the tree, so that the engine knows it before it is asked. */
  constructor(engine: Engine, state: vscode.Memento) {
    this.#engine = engine;
    this.#state = state;
    this.#ready = engine.onDidChangeStatus((status) => status.state === 'ready' && this.#tell());
    this.#tell();
  }

  get isFiltered(): boolean {
    const { gapsOnly = false, statuses = [], text = '' } = this.#current;
    return gapsOnly || statuses.length > 0 || text !== '';
  }

  async group(): Promise<void> {
    const { group } = this.#current;
    const items = GROUPINGS.map((id) => ({ ...GROUPING_TEXTS[id], id, ...(id === group && { detail: 'now' }) }));
    const chosen = await vscode.window.showQuickPick(items, { placeHolder: 'Group the coverage by what?' });
    if (chosen !== undefined) await this.#change({ group: chosen.id });
  }

  async filter(): Promise<void> {
    const { gapsOnly = false, statuses = [], text = '' } = this.#current;
    const items = [
      {
        label: gapsOnly ? '$(check) Gaps only' : 'Gaps only',
        description: GAP_STATUSES.join(', '),
        run: async () => ({ gapsOnly: !gapsOnly }),
      },
      {
        label: 'By status…',
        description: statuses.join(' or '),
        run: async () => {
          const offered = [...STATUSES, 'waived' as const].filter((label) => label !== 'off');
          const picked = await vscode.window.showQuickPick(
            offered.map((label) => ({ label, picked: statuses.includes(label) })),
            { canPickMany: true, placeHolder: 'Show partitions that are' },
          );
          return picked && { statuses: picked.map(({ label }) => label) };
        },
      },
      {
        label: 'By processor, phase or date…',
        description: text,
        run: async () => {
          const value = await vscode.window.showInputBox({
            value: text,
            prompt: 'Words of an id, a name or a phase, and the beginning of a date. All of them have to match; empty shows all.',
            placeHolder: 'MLFS 2021-11',
          });
          return value === undefined ? undefined : { text: value.trim() };
        },
      },
      ...(this.isFiltered ? [{ label: '$(clear-all) Show all', description: '', run: async () => ALL }] : []),
    ];
    const chosen = await vscode.window.showQuickPick(items, { placeHolder: 'Show which partitions?' });
    const change = await chosen?.run();
    if (change !== undefined) await this.#change(change);
  }

  clear(): Promise<void> {
    return this.#change(ALL);
  }

  dispose(): void {
    this.#ready.dispose();
  }

  get #current(): CoverageArrangement {
    return this.#state.get<CoverageArrangement>(KEY, { group: 'phase' });
  }

  async #change(change: Partial<CoverageArrangement>): Promise<void> {
    await this.#state.update(KEY, { ...this.#current, ...change });
    this.#tell();
  }

  #tell(): void {
    setContextKey('backfill.filtered', this.isFiltered);
    this.#engine.notify('backfill/arrange', this.#current);
  }
}

const ALL = { gapsOnly: false, statuses: [], text: '' } as const;

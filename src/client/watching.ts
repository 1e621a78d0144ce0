import * as vscode from 'vscode';
import { Disposables } from './disposables';
import type { Engine } from './engine';
import type { MatrixPanel } from './matrixPanel';
import type { TimingPanel } from './timingPanel';

/** Tells the engine what is on screen: it polls nothing while no view is visible or nobody is at the window. */
export class Watching implements vscode.Disposable {
  readonly #engine: Engine;
  readonly #views: readonly vscode.TreeView<unknown>[];
  readonly #failures: vscode.TreeView<unknown>;
  readonly #matrix: MatrixPanel;
  readonly #timing: TimingPanel;
  readonly #disposables = new Disposables();
  #told = '';

  constructor(
    engine: Engine,
    views: readonly vscode.TreeView<unknown>[],
    failures: vscode.TreeView<unknown>,
    matrix: MatrixPanel,
    timing: TimingPanel,
  ) {
    this.#engine = engine;
    this.#views = views;
    this.#failures = failures;
    this.#matrix = matrix;
    this.#timing = timing;
    for (const view of views) this.#disposables.add(view.onDidChangeVisibility(() => this.#tell()));
    this.#disposables.add(matrix.onDidChangeVisibility(() => this.#tell()));
    this.#disposables.add(timing.onDidChangeVisibility(() => this.#tell()));
    this.#disposables.add(vscode.window.onDidChangeWindowState(() => this.#tell()));
    this.#disposables.add(
      engine.onDidChangeStatus(({ state }) => {
        this.#told = '';
        if (state === 'ready') this.#tell();
      }),
    );
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #tell(): void {
    const { focused, active } = vscode.window.state;
    const attended = focused || active;
    const watch = {
      views: attended && (this.#timing.visible || this.#views.some(({ visible }) => visible)),
      matrix: attended && this.#matrix.visible,
      failures: attended && this.#failures.visible,
    };
    const text = JSON.stringify(watch);
    if (text === this.#told) return;
    this.#told = text;
    this.#engine.notify('backfill/watch', watch);
  }
}

import type * as vscode from 'vscode';
import { messageOf } from '../base/logger';
import { TIMING_VIEW_TYPE } from '../protocol/contributions/ids';
import type { FromTiming, ToTiming } from '../protocol/timing';
import { Disposables } from './disposables';
import type { Engine } from './engine';
import { PagePanel, type RunCommand } from './pagePanel';

/** A running backfill says something with each of its dates: so often it is shown at most, in milliseconds. */
const PACE_MS = 1_000;

/** How long processors take. */
export class TimingPanel implements vscode.Disposable {
  readonly #engine: Engine;
  readonly #run: RunCommand;
  readonly #disposables = new Disposables();
  readonly #page: PagePanel<FromTiming, ToTiming>;
  #ready = false;
  #processor: string | undefined;
  #reveal: Extract<ToTiming, { type: 'reveal' }> | undefined;
  #timer: NodeJS.Timeout | undefined;

  readonly onDidChangeVisibility: vscode.Event<boolean>;

  constructor(extensionUri: vscode.Uri, engine: Engine, run: RunCommand) {
    this.#engine = engine;
    this.#run = run;
    this.#page = this.#disposables.add(
      new PagePanel<FromTiming, ToTiming>(
        extensionUri,
        { viewType: TIMING_VIEW_TYPE, name: 'timing', title: 'Timing' },
        {
          receive: (message) => this.#receive(message),
          hidden: () => {
            this.#ready = false;
          },
        },
      ),
    );
    this.onDidChangeVisibility = this.#page.onDidChangeVisibility;
    this.#disposables.add(engine.on('backfill/backfillsChanged', () => this.#soon()));
    this.#disposables.add(
      engine.onDidChangeStatus(({ state }) => {
        if (state === 'ready') this.#soon();
      }),
    );
  }

  get visible(): boolean {
    return this.#page.visible;
  }

  /** Opens it, or brings it to the front. */
  show(at?: { readonly processor: string; readonly date?: string }): void {
    if (at !== undefined) {
      this.#reveal = { type: 'reveal', ...at };
      this.#processor = at.processor;
    }
    this.#page.show();
    void this.#send();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#disposables.dispose();
  }

  async #receive(message: FromTiming): Promise<unknown> {
    switch (message.type) {
      case 'ready':
        this.#ready = true;
        this.#processor ??= message.processor;
        return this.#send();
      case 'select':
        this.#processor = message.processor;
        return this.#send();
      case 'explain':
        return this.#run('backfill.explain', { nodes: [message.processor], from: message.date, to: message.date });
      case 'openLog':
        return this.#run('backfill.openLog', { nodes: [message.processor], from: message.date, to: message.date });
    }
  }

  #soon(): void {
    if (!this.#ready) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#send();
    }, PACE_MS);
  }

  async #send(): Promise<void> {
    if (!this.#ready) return;
    const processor = this.#processor;
    const message = await this.#engine.request('backfill/timing', processor === undefined ? {} : { processor }).then(
      (timing): ToTiming => ({ type: 'timing', timing }),
      (error: unknown): ToTiming => ({ type: 'empty', message: messageOf(error) }),
    );
    // Another one was asked for meanwhile: its answer comes.
    if (processor !== this.#processor) return;
    this.#page.post(message);
    if (message.type === 'empty' || this.#reveal === undefined) return;
    this.#page.post(this.#reveal);
    this.#reveal = undefined;
  }
}

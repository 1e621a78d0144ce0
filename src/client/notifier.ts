import * as vscode from 'vscode';
import type { BackfillSummary } from '../protocol/messages';
import { Disposables } from './disposables';
import type { Engine } from './engine';
import { type Message, messagesOf, type Untold } from './news';
import type { ToldNews } from './toldNews';

/**
 * Says once what became of a backfill, or that it needs a person: never a message a date, and never the same one again in another window or
 * after a reload.
 */
export class Notifier implements vscode.Disposable {
  readonly #told: ToldNews;
  readonly #disposables = new Disposables();
  readonly #since = new Map<string, Promise<number>>();
  #turn: Promise<void> = Promise.resolve();

  constructor(engine: Engine, told: ToldNews) {
    this.#told = told;
    this.#disposables.add(
      engine.on('backfill/backfillsChanged', ({ backfills }) => {
        const { manifest } = engine;
        // One after another: what is told together is one message.
        if (manifest !== undefined) this.#turn = this.#turn.then(() => this.#tell(manifest, backfills));
      }),
    );
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  async #tell(manifest: string, backfills: readonly BackfillSummary[]): Promise<void> {
    const known = this.#since.get(manifest) ?? this.#told.since(manifest, Date.now());
    this.#since.set(manifest, known);
    const since = await known;
    const untold: Untold[] = [];
    for (const backfill of backfills) {
      const news = [];
      for (const one of backfill.news) {
        if (one.at > since && (await this.#told.claim(manifest, `${backfill.id}.${one.key}`))) news.push(one);
      }
      if (news.length > 0) untold.push({ backfill, news });
    }
    for (const message of messagesOf(untold)) void show(message);
  }
}

async function show({ text, isGood, actions }: Message): Promise<void> {
  const tell = isGood ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
  const chosen = await tell(text, ...actions);
  if (chosen !== undefined) await vscode.commands.executeCommand(chosen.command, chosen.target);
}

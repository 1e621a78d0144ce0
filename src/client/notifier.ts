import * as vscode from 'vscode';
import { namesText } from '../base/figures';
import type { CommandId } from '../protocol/contributions';
import type { BackfillSummary } from '../protocol/messages';
import { resultText } from './backfillText';
import { Disposables } from './disposables';
import { endedSince } from './endings';
import type { Engine } from './engine';

/** Says once how a backfill ended: never a message a date, and never the same ending again in another window or after a reload. */
export class Notifier implements vscode.Disposable {
  readonly #memento: vscode.Memento;
  readonly #disposables = new Disposables();

  /** @param memento shared by all windows. */
  constructor(engine: Engine, memento: vscode.Memento) {
    this.#memento = memento;
    this.#disposables.add(
      engine.on('backfill/backfillsChanged', ({ backfills }) => {
        if (engine.manifest !== undefined) this.#tell(engine.manifest, backfills);
      }),
    );
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #tell(manifest: string, backfills: readonly BackfillSummary[]): void {
    const key = `backfill.toldUntil:${manifest}`;
    const toldUntil = this.#memento.get<number>(key);
    const latest = Math.max(toldUntil ?? Date.now(), ...backfills.map(({ endedAt }) => endedAt ?? 0));
    if (latest !== toldUntil) void this.#memento.update(key, latest);
    // The first time here: what ended before is no news.
    if (toldUntil === undefined) return;
    const ended = endedSince(backfills, toldUntil);
    const last = ended.at(-1);
    if (last !== undefined) void show(last, ended.length - 1);
  }
}

async function show(backfill: BackfillSummary, others: number): Promise<void> {
  const more = others > 0 ? ` ${others} more ended, too.` : '';
  const message = `The backfill of ${namesText(backfill.processors)} ${ENDINGS[backfill.phase]}: ${resultText(backfill)}.${more}`;
  const actions: readonly { title: string; command: CommandId | 'backfill.coverage.focus' }[] = [
    { title: 'Show in Terminal', command: 'backfill.attach' },
    { title: 'Show Coverage', command: 'backfill.coverage.focus' },
  ];
  const isGood = backfill.phase === 'done' || backfill.phase === 'cancelled';
  const tell = isGood ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
  const chosen = await tell(message, ...actions);
  if (chosen !== undefined) await vscode.commands.executeCommand(chosen.command, { backfill: backfill.id });
}

const ENDINGS: Readonly<Record<BackfillSummary['phase'], string>> = {
  planned: 'is planned',
  running: 'runs',
  paused: 'is paused',
  cancelling: 'is ending',
  done: 'is done',
  failed: 'ended with failures',
  cancelled: 'was cancelled',
  interrupted: 'was interrupted',
};

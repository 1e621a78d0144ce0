import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import type { ContextKey, EngineState, PossibleAction } from '../protocol/contributions/contextKeys';

interface ContextValues {
  'backfill.hasManifest': boolean;
  'backfill.engine': EngineState;
  'backfill.manyPipelines': boolean;
  'backfill.read': boolean;
  'backfill.backfills': 'none' | 'some' | undefined;
  'backfill.possible': readonly PossibleAction[];
  'backfill.planDeletes': boolean;
  'backfill.failures': 'none' | 'empty' | 'some' | undefined;
  'backfill.filtered': boolean;
}

const current = new Map<ContextKey, unknown>();

/** Sets a key of `when` clauses; VS Code is told only of changes. */
export function setContextKey<K extends ContextKey>(key: K, value: ContextValues[K]): void {
  if (isDeepStrictEqual(current.get(key), value)) return;
  current.set(key, value);
  void vscode.commands.executeCommand('setContext', key, value);
}

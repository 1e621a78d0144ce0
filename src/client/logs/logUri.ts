import * as vscode from 'vscode';
import { LOG_SCHEME } from '../../protocol/contributions/ids';
import type { LogId } from '../../protocol/logs';

/** The folder makes VS Code take it for the language of our logs; the name is what a tab says. */
const FOLDER = '/.backfill/runs/';
const WHOLE = 'backfill.log';

/** A log's address. It says nothing of where the journal is, so a link that somebody made cannot read another file. */
export function uriOf({ backfill, log }: LogId): vscode.Uri {
  return vscode.Uri.from({ scheme: LOG_SCHEME, path: `${FOLDER}${backfill}/${log ?? WHOLE}` });
}

/** Undefined for what is no address of a log. */
export function idOf({ scheme, path }: vscode.Uri): LogId | undefined {
  if (scheme !== LOG_SCHEME || !path.startsWith(FOLDER)) return undefined;
  const [backfill, log, ...rest] = path.slice(FOLDER.length).split('/');
  if (backfill === undefined || log === undefined || rest.length > 0) return undefined;
  return log === WHOLE ? { backfill } : { backfill, log };
}

import { basename, dirname, join } from 'node:path';
import type { DayRange } from '../base/day';
import type { Waiver } from '../core/coverage/coverage';
import type { ManifestProblem } from '../core/pipeline';
import { addWaivers, type NewWaiver, removeWaivers, type WaiversEdit } from '../core/waivers/editWaivers';

export interface TextFiles {
  /** Undefined where there is no such file. Rejects when there is one that cannot be read. */
  read(path: string): Promise<string | undefined>;
  /**
   * Writes a file as a whole, with its folder where that is missing. Rejects where the file does not hold any more what was expected.
   * @param expected undefined where there was no file.
   */
  replace(path: string, text: string, expected: string | undefined): Promise<void>;
}

/** What keeps the waivers from being edited. Nothing was written. */
export class WaiversError extends Error {
  override readonly name = 'WaiversError';

  /** @param message for people, with what to do. */
  constructor(message: string) {
    super(message);
  }
}

/** A change of the file, so that it can be undone. */
export interface WaiversChange {
  readonly before: string | undefined;
  readonly after: string;
  /** Those that the file holds now. */
  readonly waivers: readonly Waiver[];
}

/** `.backfill/waivers.yaml` of a manifest, for those who change it: as a whole or not at all. Rejects with a WaiversError. */
export class WaiversFile {
  readonly #path: string;
  readonly #files: TextFiles;

  /** @param manifest absolute path. */
  constructor(manifest: string, files: TextFiles) {
    this.#path = join(dirname(manifest), '.backfill', 'waivers.yaml');
    this.#files = files;
  }

  /** Adds waivers at its end. */
  add(waivers: readonly NewWaiver[]): Promise<WaiversChange> {
    return this.#edit((text) => addWaivers(text, waivers));
  }

  /** Removes what waives dates of a node; undefined where nothing of it was waived. */
  async remove(node: string, ranges: readonly DayRange[]): Promise<WaiversChange | undefined> {
    const change = await this.#edit((text) => removeWaivers(text, node, ranges));
    return change.after === (change.before ?? '') ? undefined : change;
  }

  /** Puts back what the file held before a change, unless it was changed again. */
  async undo({ before, after }: WaiversChange): Promise<void> {
    await this.#files.replace(this.#path, before ?? 'waivers: []\n', after);
  }

  async #edit(change: (text: string) => WaiversEdit): Promise<WaiversChange> {
    const before = await this.#files.read(this.#path);
    const edit = change(before ?? '');
    if ('problem' in edit) throw new WaiversError(mistakeText(edit.problem));
    if ('byHand' in edit)
      throw new WaiversError(`${NAME} is written in a way that this edit would not survive: edit it by hand.`);
    if (edit.text !== (before ?? '')) await this.#files.replace(this.#path, edit.text, before);
    return { before, after: edit.text, waivers: edit.waivers };
  }
}

const NAME = '.backfill/waivers.yaml';

/** Lines and columns count from 1. */
function mistakeText({ message, range }: ManifestProblem): string {
  return `${NAME}:${range.start.line + 1}:${range.start.column + 1}: ${message} Nothing was changed: mend this first.`;
}

/** What a file that was changed by somebody else at the same time is refused with. */
export function changedMeanwhile(path: string): WaiversError {
  return new WaiversError(`${basename(path)} was changed by somebody else at this moment. Nothing was written: try it again.`);
}

import { arrivalsOf } from '../../app/logs/arrivals';
import type { LogBytes, OpenFile } from '../../app/logs/byteSource';
import { dateBeginning } from '../../app/logs/dateBeginning';
import { FollowedFile } from '../../app/logs/followedFile';
import { JoinedLog } from '../../app/logs/joinedLog';
import { LogOutliner, type OutlineMember } from '../../app/logs/logOutline';
import { LogWindow } from '../../app/logs/logWindow';
import { CompiledProfile } from '../../core/logs/compiledProfile';
import { LINE_KINDS, lineKindOf } from '../../core/logs/lineKinds';
import type { LogPatterns } from '../../core/pipeline';
import type { LogChange, LogId, LogOutline, LogPage, LogPlace, LogState, LogToken } from '../../protocol/logs';
import type { PartitionParams } from '../../protocol/targets';
import type { BackfillLog } from './backfillLogs';
import { type IsRepaired, outlineInWords } from './outlineWords';

export interface LogDocumentDeps {
  readonly pathOf: (log: BackfillLog) => string;
  readonly openFile: OpenFile;
  readonly profileOf: (processor: string) => LogPatterns;
  readonly isRepaired: IsRepaired;
  readonly now: () => number;
}

/** Outlines of long windows are long themselves. */
const OUTLINE_MS = 1_000;
/** More lines than a screen has are asked for by nobody. */
const MOST_LINES = 2_000;

/** A log that is open, with what is shown of it. Its methods are called one after the other. */
export class LogDocument {
  readonly id: LogId;
  readonly #deps: LogDocumentDeps;
  readonly #joined = new JoinedLog();
  readonly #source: LogBytes;
  readonly #window: LogWindow;
  readonly #outliner: LogOutliner;
  readonly #compiled = new Map<string, CompiledProfile>();
  readonly #members = new Map<string, OutlineMember>();
  /** By path. */
  readonly #files = new Map<string, FollowedFile>();
  #logs: ReadonlyMap<string, BackfillLog> = new Map();
  #version = 0;
  #outlineDue = false;
  #outlinedAt = 0;
  #problems: string | undefined;

  constructor(id: LogId, logs: readonly BackfillLog[], deps: LogDocumentDeps) {
    this.id = id;
    this.#deps = deps;
    const [only] = logs;
    const single = id.log === undefined || only === undefined ? undefined : only;
    const path = single === undefined ? undefined : deps.pathOf(single);
    this.#outliner = new LogOutliner({
      memberAt: (offset) => this.#memberAt(offset),
      titledAt: (offset) => (path === undefined ? this.#memberOf(this.#joined.titledAt(offset)?.key) : undefined),
    });
    this.#source = path === undefined ? this.#joined : this.#file(path);
    this.#window = new LogWindow(this.#source, this.#outliner);
    this.setLogs(logs);
  }

  /** What the journal says now of the logs that are shown. */
  setLogs(logs: readonly BackfillLog[]): void {
    const endings = () => [...this.#logs.values()].reduce((sum, log) => sum + log.endings.size, 0);
    const before = endings();
    this.#logs = new Map(logs.map((log) => [this.#deps.pathOf(log), log]));
    if (endings() !== before) this.#outlineDue = true;
    for (const [key, { processor, dates }] of this.#logs) {
      const known = this.#members.get(key);
      if (known?.dates.length !== dates.length)
        this.#members.set(key, { key, processor, dates, profile: this.#deps.profileOf(processor) });
    }
    this.#joined.setMembers([...this.#logs].map(([key, { title, open }]) => ({ key, title, open, source: this.#file(key) })));
  }

  async open(at: LogPlace | undefined): Promise<LogPage> {
    if (at === undefined) return this.#textFirst(await this.#window.openEnd());
    if ('offset' in at) {
      // What is open already stays, with the place in it.
      const text =
        this.#window.lineAt(at.offset) === undefined ? await this.#window.openAt(at.offset) : await this.#window.reread();
      return this.#page(text, this.#window.lineAt(at.offset));
    }
    const text = await this.#window.openEnd();
    const line = this.#lineOf(at);
    if (line !== undefined) return this.#page(text, line);
    // Dates of a long call may have ended long ago.
    const offset = await this.#beginningOf(at);
    if (offset === undefined) return this.#page(text);
    const there = await this.#window.openAt(offset);
    return this.#page(there, this.#window.lineAt(offset));
  }

  /** Where the last attempt at a date begins before what is shown, in bytes. */
  async #beginningOf({ node, date }: PartitionParams): Promise<number | undefined> {
    const member = [...this.#members.values()].find(({ processor }) => processor === node);
    if (member === undefined) return undefined;
    const isMeant = (offset: number) => this.#memberAt(offset)?.processor === node;
    return dateBeginning(this.#source, this.#profileOf(member), date, this.#window.earlier, isMeant);
  }

  async move(to: 'earlier' | 'later' | 'end'): Promise<LogPage> {
    if (to === 'end') return this.#page(await this.#window.openEnd());
    if (to === 'later') {
      const last = this.#window.offsetOf(this.#window.lineCount - 1);
      return this.#page(await this.#window.extendLater(), last === undefined ? undefined : this.#window.lineAt(last));
    }
    const first = this.#window.offsetOf(0);
    return this.#page(await this.#window.extendEarlier(), first === undefined ? undefined : this.#window.lineAt(first));
  }

  /**
   * What the log has got since the last look; undefined where nothing is to be told.
   * @param following whether somebody looks at its end.
   */
  async look(following: boolean): Promise<LogChange | undefined> {
    const { pending } = this.#state();
    const growth = await this.#window.grow();
    if (growth.kind === 'replaced' || (growth.kind === 'outgrown' && following)) {
      const page = this.#page(await this.#window.openEnd());
      return { id: this.id, version: page.version, page, state: page.state };
    }
    if (growth.kind === 'outgrown') this.#window.stop();
    const ended = [...this.#logs.values()].every(({ open }) => !open);
    const grown = growth.kind === 'appended' ? growth.text : '';
    const append = `${grown}${ended && growth.kind === 'same' ? this.#window.finish() : ''}`;
    if (append !== '') this.#outlineDue = true;
    const outline = this.#outlineIfDue();
    const isSame = append === '' && pending === this.#state().pending && growth.kind !== 'outgrown' && outline === undefined;
    if (isSame) return undefined;
    if (append !== '') this.#version++;
    return {
      id: this.id,
      version: this.#version,
      ...(append !== '' && { append }),
      state: this.#state(),
      ...(outline !== undefined && { outline }),
    };
  }

  /** What is said of the text, where problems are others than they were; also of a log that is not on the screen. */
  judgeAgain(): LogChange | undefined {
    const before = this.#problems;
    // Nothing was said of it yet.
    if (before === undefined) return undefined;
    const outline = this.#outline();
    return before === this.#problems ? undefined : { id: this.id, version: this.#version, state: this.#state(), outline };
  }

  tokens(first: number, lines: readonly string[]): LogToken[] {
    return lines.slice(0, MOST_LINES).flatMap((text, index): LogToken[] => {
      const offset = this.#window.offsetOf(first + index);
      const member = offset === undefined ? undefined : this.#memberAt(offset);
      if (member === undefined) return [];
      const found = lineKindOf(text, this.#profileOf(member));
      return found === undefined ? [] : [[first + index, found.start, found.length, LINE_KINDS.indexOf(found.kind)]];
    });
  }

  async arrivals(first: number, count: number): Promise<readonly (number | null)[]> {
    const lines = Array.from({ length: Math.min(count, MOST_LINES) }, (_, index) => first + index);
    const times = new Map<number, number | undefined>();
    const byFile = new Map<string, { line: number; offset: number }[]>();
    for (const line of lines) {
      const place = this.#placeOf(this.#window.offsetOf(line));
      if (place === undefined) continue;
      byFile.set(place.key, [...(byFile.get(place.key) ?? []), { line, offset: place.offset }]);
    }
    for (const [key, places] of byFile) {
      const index = this.#deps.openFile(`${key}.idx`);
      const found = await arrivalsOf(
        index,
        places.map(({ offset }) => offset),
      );
      for (const [at, { line }] of places.entries()) times.set(line, found[at]);
    }
    return lines.map((line) => times.get(line) ?? null);
  }

  #file(path: string): FollowedFile {
    const known = this.#files.get(path) ?? new FollowedFile(this.#deps.openFile(path));
    this.#files.set(path, known);
    return known;
  }

  #memberOf(key: string | undefined): OutlineMember | undefined {
    return key === undefined ? undefined : this.#members.get(key);
  }

  #memberAt(offset: number): OutlineMember | undefined {
    return this.#memberOf(this.#placeOf(offset)?.key);
  }

  /** A place of what is shown as one in the file that holds it. */
  #placeOf(offset: number | undefined): { readonly key: string; readonly offset: number } | undefined {
    if (offset === undefined) return undefined;
    if (this.id.log === undefined) {
      const place = this.#joined.placeOf(offset);
      return place === undefined ? undefined : { key: place.member.key, offset: place.offset };
    }
    const [key] = this.#members.keys();
    return key === undefined ? undefined : { key, offset };
  }

  #profileOf({ processor, profile }: OutlineMember): CompiledProfile {
    const known = this.#compiled.get(processor) ?? new CompiledProfile(profile);
    this.#compiled.set(processor, known);
    return known;
  }

  /** Where the last attempt at a date begins in what is shown. */
  #lineOf({ node, date }: PartitionParams): number | undefined {
    const { sections } = this.#outliner.outline();
    const found = sections.findLast((section) => section.member.processor === node && section.date === date);
    // One that began before the window is looked for further back.
    return found === undefined || (found.line === 0 && this.#window.earlier > 0) ? undefined : found.line;
  }

  /** What is said of the text comes with the next look. */
  #textFirst(text: string): LogPage {
    this.#version++;
    this.#outlineDue = true;
    this.#outlinedAt = Number.NEGATIVE_INFINITY;
    return { version: this.#version, text, state: this.#state() };
  }

  #page(text: string, line?: number): LogPage {
    this.#version++;
    const outline = this.#outline();
    return { version: this.#version, text, state: this.#state(), outline, ...(line !== undefined && { line }) };
  }

  #outlineIfDue(): LogOutline | undefined {
    return this.#outlineDue && this.#deps.now() - this.#outlinedAt >= OUTLINE_MS ? this.#outline() : undefined;
  }

  #outline(): LogOutline {
    this.#outlineDue = false;
    this.#outlinedAt = this.#deps.now();
    const outline = outlineInWords(this.#outliner.outline(), (key) => this.#logs.get(key), this.#deps.isRepaired);
    this.#problems = JSON.stringify(outline.problems);
    return outline;
  }

  #state(): LogState {
    const { earlier, later, pending, lineCount } = this.#window;
    const isEmpty = lineCount === 0 && earlier === 0 && later === 0 && pending === '';
    const said = this.#obstacle() ?? (isEmpty ? 'Nothing was written here yet.' : '');
    return { earlier, later, pending: pending === '' ? said : pending };
  }

  /** That something is there and cannot be read. */
  #obstacle(): string | undefined {
    const obstacles = [...this.#files.values()].flatMap(({ obstacle }) => obstacle ?? []);
    const [first] = obstacles;
    if (first === undefined) return undefined;
    const what =
      this.id.log !== undefined ? 'This log' : obstacles.length === 1 ? 'One of these logs' : `${obstacles.length} of these logs`;
    return `${what} cannot be read: ${first}.`;
  }
}

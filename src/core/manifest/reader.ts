import { isMap, isScalar, isSeq, type Node } from 'yaml';
import type { TextRange } from '../pipeline';
import type { Fix, ManifestText, ProblemCode } from './manifestText';

/**
 * Reads one value. It never throws: where the text is wrong it reports that and gives the stand-in, so that one mistake does not
 * hide the next. Stand-ins reach no pipeline, because a reading with an error has none.
 */
export interface Reader<T> {
  readonly standIn: T;
  read(place: Place): T;
}

/** A value in the text: its node, what to underline, and the name that messages call it by. */
export class Place {
  readonly text: ManifestText;
  /** Undefined for what is not there, such as the target of a broken alias. */
  readonly node: Node | undefined;
  readonly label: string;
  readonly range: TextRange;
  /** What is wrong here has been said: more about it would be noise. */
  readonly #reported: boolean;

  constructor(text: ManifestText, node: Node | undefined, label: string, range?: TextRange, reported = false) {
    this.#reported = reported;
    this.text = text;
    this.node = node;
    this.label = label;
    this.range = range ?? (node === undefined ? text.start : text.headlineOf(node));
  }

  /** The place of the whole text. */
  static root(text: ManifestText, label: string): Place {
    return new Place(text, undefined, label).child(text.root, label);
  }

  /** The same place with another value there. */
  holding(node: Node): Place {
    return new Place(this.text, node, this.label);
  }

  /** Whether a preset brought this value. */
  get inherited(): boolean {
    return this.node !== undefined && this.text.isInherited(this.node);
  }

  /** The place of a child: an alias is followed, and a key without a value underlines the key. */
  child(node: Node | null | undefined, label: string, key?: Node): Place {
    if (node === null || node === undefined) return new Place(this.text, undefined, label, key && this.text.headlineOf(key));
    const target = this.text.follow(node);
    if (target === undefined) return new Place(this.text, undefined, label, this.text.headlineOf(node), true);
    const empty = isScalar(target) && target.value === null && target.source === '';
    return new Place(this.text, target, label, empty && key !== undefined ? this.text.headlineOf(key) : undefined);
  }

  /** Gives undefined, so that a reader can report and end in one step. */
  error(code: ProblemCode, message: string, fix?: Fix): undefined {
    if (this.#reported) this.text.errors++;
    else this.#report('error', code, message, fix);
    return undefined;
  }

  warning(code: ProblemCode, message: string, fix?: Fix): void {
    this.#report('warning', code, message, fix);
  }

  information(code: ProblemCode, message: string): void {
    this.#report('information', code, message, undefined);
  }

  /** What a preset brought stands where the preset is named, and cannot be mended there. */
  #report(severity: 'error' | 'warning' | 'information', code: ProblemCode, message: string, fix: Fix | undefined): void {
    if (this.inherited) this.text.add(severity, code, `In the preset: ${message}`, this.range);
    else this.text.add(severity, code, capitalized(message), this.range, fix);
  }

  /** Reports that something else was expected here, and gives the stand-in. */
  expected<T>(what: string, standIn: T, fix?: Fix): T {
    this.error('wrongType', `${this.label} must be ${what}, not ${this.found()}.`, fix);
    return standIn;
  }

  /** A fix that replaces this value. */
  replaceBy(newText: string): Fix {
    return { title: `Replace by \`${newText}\``, range: this.range, newText };
  }

  /** A scalar's text, without quotes. */
  get source(): string {
    return isScalar(this.node) ? (this.node.source ?? '') : '';
  }

  /** The value in a few words, for messages. */
  found(): string {
    const { node } = this;
    if (isSeq(node)) return 'a list';
    if (isMap(node)) return 'a mapping';
    if (!isScalar(node) || node.value === null) return 'empty';
    const shown = this.source;
    const short = shown.length > 40 ? `${shown.slice(0, 39)}…` : shown;
    return typeof node.value === 'string' ? `the text "${short}"` : short;
  }
}

/** A value together with its place, for what is checked only when more is known. */
export interface Located<T> {
  readonly value: T;
  readonly place: Place;
}

/** Keeps the place of what another reader reads. */
export function located<T>(reader: Reader<T>): Reader<Located<T> | undefined> {
  return { standIn: undefined, read: (place) => ({ value: reader.read(place), place }) };
}

/** A reader of a scalar: `accept` gives the value, or undefined after it has reported. */
export function scalar<T>(standIn: T, accept: (value: unknown, place: Place) => T | undefined): Reader<T> {
  return {
    standIn,
    read: (place) => accept(isScalar(place.node) ? place.node.value : undefined, place) ?? standIn,
  };
}

/** Turns what another reader has read into something else; `undefined` after a report gives the stand-in. */
export function refine<A, B>(reader: Reader<A>, standIn: B, step: (value: A, place: Place) => B | undefined): Reader<B> {
  return {
    standIn,
    read(place) {
      const before = place.text.errors;
      const value = reader.read(place);
      return place.text.errors > before ? standIn : (step(value, place) ?? standIn);
    },
  };
}

function capitalized(message: string): string {
  return message.charAt(0).toUpperCase() + message.slice(1);
}

import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import type { Diagnostic } from 'vscode-languageserver';
import { todayOf } from '../../core/coverage/calendar';
import { readManifest } from '../../core/manifest/readManifest';
import { readWaivers } from '../../core/manifest/readWaivers';
import type { Unavailable } from '../../core/observation/observation';
import type { SchemaFinding } from '../../core/schemaCheck/finding';
import { locateFindings } from '../../core/schemaCheck/locateFindings';
import { diagnosticOf, nodesRefusedFor, unavailableDiagnostics } from './diagnostics';

/** Publishes what is wrong with the manifest, as the editor holds it while it is open and as it is on disk otherwise, and with the waivers. */
export class ManifestDiagnostics {
  readonly #manifestUri: string;
  readonly #waiversUri: string;
  readonly #publish: (uri: string, diagnostics: readonly Diagnostic[]) => void;
  #open: { readonly uri: string; readonly text: string } | undefined;
  #onDisk: string | undefined;
  #waivers: string | undefined;
  readonly #said = new Map<string, readonly Diagnostic[]>();
  #unavailable: ReadonlyMap<string, Unavailable> = new Map();
  #schema: readonly SchemaFinding[] = [];

  constructor(manifest: string, waivers: string, publish: (uri: string, diagnostics: readonly Diagnostic[]) => void) {
    this.#manifestUri = pathToFileURL(manifest).toString();
    this.#waiversUri = pathToFileURL(waivers).toString();
    this.#publish = publish;
  }

  /** @param text undefined when there is no such file. */
  onDisk(text: string | undefined): void {
    this.#onDisk = text;
    if (this.#open === undefined) this.#tell();
  }

  /** @param uri as the editor writes it. */
  opened(uri: string, text: string): void {
    this.#open = { uri, text };
    this.#tell();
  }

  closed(): void {
    this.#open = undefined;
    this.#tell();
  }

  /** What the warehouse refused to read, by node id. */
  unavailable(nodes: ReadonlyMap<string, Unavailable>): void {
    this.#unavailable = nodes;
    this.#tell();
  }

  /** Where the manifest, as it was saved, and its tables contradict each other. */
  schema(findings: readonly SchemaFinding[]): void {
    this.#schema = findings;
    this.#tell();
  }

  /** @param text undefined when there is no such file. */
  waivers(text: string | undefined): void {
    this.#waivers = text;
    this.#tell();
  }

  #tell(): void {
    const text = this.#open?.text ?? this.#onDisk;
    const { pipeline, problems } = text === undefined ? { problems: [] } : readManifest(text);
    // Found anew in the text as it is typed: what was mended there is not said any longer.
    const contradictions = text === undefined ? [] : locateFindings(this.#schema, text);
    const told = nodesRefusedFor(this.#schema);
    const refused = pipeline === undefined ? [] : unavailableDiagnostics(pipeline, this.#unavailable, told);
    this.#say(this.#open?.uri ?? this.#manifestUri, [...[...problems, ...contradictions].map(diagnosticOf), ...refused]);
    const today = pipeline === undefined ? undefined : todayOf(pipeline.due, Date.now());
    this.#say(this.#waiversUri, readWaivers(this.#waivers ?? '', pipeline, today).problems.map(diagnosticOf));
  }

  /** Only what differs from what was said last; a file starts without any. */
  #say(uri: string, diagnostics: readonly Diagnostic[]): void {
    if (isDeepStrictEqual(this.#said.get(uri) ?? [], diagnostics)) return;
    this.#said.set(uri, diagnostics);
    this.#publish(uri, diagnostics);
  }
}

import { isMap, isScalar, isSeq, type Node, type Scalar } from 'yaml';
import { extendManifest } from '../manifest/extend';
import { ManifestText } from '../manifest/manifestText';
import { type Entry, entryOf, wordOf } from '../manifest/mergeNodes';
import { PRESETS } from '../manifest/presets';
import { Place } from '../manifest/reader';
import type { ManifestProblem } from '../pipeline';
import type { ManifestKey, Owner, SchemaFinding } from './finding';

/**
 * Findings at the lines of a manifest that they are about, ascending. Those about a value that the text does not have any more are left
 * out: somebody has mended it since, or is about to. What a preset brought stands where `extends` is, and cannot be edited there.
 */
export function locateFindings(
  findings: readonly SchemaFinding[],
  yaml: string,
  presets: typeof PRESETS = PRESETS,
): readonly ManifestProblem[] {
  if (findings.length === 0) return [];
  const text = new ManifestText(yaml);
  const root = text.root && extendManifest(Place.root(text, 'The manifest'), presets)?.node;
  return findings
    .flatMap((finding) => {
      const scalar = scalarAt(text, root, finding.at);
      return scalar === undefined ? [] : problemAt(finding, scalar, text);
    })
    .sort((a, b) => a.range.start.line - b.range.start.line || a.range.start.column - b.range.start.column);
}

function problemAt(
  { severity, code, message, at, replacement, statement }: SchemaFinding,
  scalar: Scalar,
  text: ManifestText,
): ManifestProblem {
  const exact = text.rangeWithin(scalar, at.part?.offset ?? 0, at.part?.length ?? at.value.length);
  const fix = exact !== undefined &&
    replacement !== undefined && { title: `Replace by \`${replacement}\``, range: exact, newText: replacement };
  return {
    severity,
    code,
    message,
    range: exact ?? text.headlineOf(scalar),
    ...(fix !== false && { fix }),
    ...(statement !== undefined && { statement }),
  };
}

function scalarAt(text: ManifestText, root: Node | undefined, { owner, key, value }: ManifestKey): Scalar | undefined {
  const map = ownerMap(text, root, owner);
  const entry = map && [key, ...(key === 'table' ? ['tables'] : [])].map((name) => entryIn(text, map, name)).find(Boolean);
  return entry?.value ? scalarIn(text, entry.value, value) : undefined;
}

function ownerMap(text: ManifestText, root: Node | undefined, owner: Owner): Node | undefined {
  const under = (key: string): Node | undefined => resolved(text, entryIn(text, root, key)?.value);
  switch (owner.kind) {
    case 'node': {
      const phases = itemsIn(text, root, 'phases').flatMap((phase) => itemsIn(text, phase, 'processors'));
      return [...itemsIn(text, root, 'sources'), ...phases].find((node) => isNamed(text, node, 'id', owner.id));
    }
    case 'failures':
      return itemsIn(text, root, 'failures').find((node) => isNamed(text, node, 'table', owner.table));
    case 'calendar':
      return resolved(text, entryIn(text, under('calendars'), owner.name)?.value);
    case 'history':
    case 'warehouse':
      return under(owner.kind);
  }
}

/** The first scalar below a node, or key of a mapping, that is the value. */
function scalarIn(text: ManifestText, node: Node, value: string): Scalar | undefined {
  const target = resolved(text, node);
  if (isScalar(target)) return String(target.value) === value ? target : undefined;
  const children = isMap(target)
    ? (target.items as Entry[]).flatMap((pair) => [pair.key, ...(pair.value === null ? [] : [pair.value])])
    : isSeq(target)
      ? (target.items as Node[])
      : [];
  for (const child of children) {
    const found = scalarIn(text, child, value);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isNamed(text: ManifestText, node: Node, key: string, name: string): boolean {
  return wordOf(resolved(text, entryIn(text, node, key)?.value)) === name;
}

function entryIn(text: ManifestText, node: Node | undefined, key: string): Entry | undefined {
  const target = resolved(text, node);
  return isMap(target) ? entryOf(target, key) : undefined;
}

function itemsIn(text: ManifestText, node: Node | undefined, key: string): Node[] {
  const map = resolved(text, node);
  const value = isMap(map) ? resolved(text, entryOf(map, key)?.value) : undefined;
  return isSeq(value) ? (value.items as Node[]) : [];
}

function resolved(text: ManifestText, node: Node | null | undefined): Node | undefined {
  return node === null || node === undefined ? undefined : text.follow(node);
}

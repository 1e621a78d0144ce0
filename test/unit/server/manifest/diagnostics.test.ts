import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';
import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { readManifest } from '../../../../src/core/manifest/readManifest';
import type { SchemaFinding } from '../../../../src/core/schemaCheck/finding';
import { diagnosticOf, fixesOf } from '../../../../src/server/manifest/diagnostics';
import { ManifestDiagnostics } from '../../../../src/server/manifest/manifestDiagnostics';

const MANIFEST = '/p/backfill.yaml';
const WAIVERS = '/p/.backfill/waivers.yaml';
const URI = pathToFileURL(MANIFEST).toString();

const GOOD = `version: 1
name: test
warehouse: { type: duckdb, path: test.duckdb }
seasons: [{ name: 2021-22, start: 2021-11-01, end: 2021-11-04 }]
phases:
  - id: one
    name: One
    processors:
      - { id: A, table: mart.a, date_column: day }
      - { id: B, table: mart.b, date_column: day, needs: [{ processor: A }] }
`;

describe('diagnostics', () => {
  it('stand where the mistake is, and their fix mends it', () => {
    const broken = GOOD.replace('processor: A', 'processor: AA');
    const { problems } = readManifest(broken);
    const [diagnostic] = problems.map(diagnosticOf);
    assert.equal(diagnostic?.severity, DiagnosticSeverity.Error);
    assert.equal(diagnostic?.range.start.line, 9);
    const [action] = fixesOf(URI, diagnostic === undefined ? [] : [diagnostic]);
    assert.equal(action?.kind, 'quickfix');
    const document = TextDocument.create(URI, 'yaml', 1, broken);
    assert.equal(TextDocument.applyEdits(document, action?.edit?.changes?.[URI] ?? []), GOOD);
  });

  it('offer a statement to copy beside the edit', () => {
    const range = { start: { line: 0, column: 0 }, end: { line: 0, column: 1 } };
    const statement = 'ALTER TABLE "a" ADD COLUMN "b" DATE;';
    const problem = { severity: 'error', code: 'missingColumn', message: 'There is no b.', range, statement } as const;
    const diagnostic = diagnosticOf({ ...problem, fix: { title: 'Replace by `c`', range, newText: 'c' } });
    const actions = fixesOf(URI, [diagnostic]);
    assert.deepEqual(
      actions.map(({ title, isPreferred, command }) => [title, isPreferred, command?.arguments]),
      [
        ['Replace by `c`', true, undefined],
        ['Copy ALTER statement', undefined, [statement]],
      ],
    );
  });

  it('offer nothing for problems of others', () => {
    const foreign: Diagnostic = { message: 'x', range: { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } } };
    assert.deepEqual(
      fixesOf(URI, [foreign, { ...foreign, source: 'backfill', data: { title: 1 } }, { ...foreign, source: 'yaml' }]),
      [],
    );
  });
});

describe('ManifestDiagnostics', () => {
  let published: [string, readonly Diagnostic[]][];
  let diagnostics: ManifestDiagnostics;
  const last = () => published.at(-1)?.[1].map(({ message }) => message) ?? [];

  beforeEach(() => {
    published = [];
    diagnostics = new ManifestDiagnostics(MANIFEST, WAIVERS, (uri, found) => published.push([uri, found]));
  });

  it('says nothing about a good manifest', () => {
    diagnostics.onDisk(GOOD);
    diagnostics.waivers(undefined);
    assert.deepEqual(published, []);
  });

  it('follows the editor while the manifest is open, and the disk otherwise', () => {
    diagnostics.onDisk(GOOD);
    diagnostics.opened('file:///p/backfill.yaml', GOOD.replace('processor: A', 'processor: C'));
    assert.equal(last().length, 1);
    diagnostics.onDisk(GOOD.replace('version: 1', 'version: 9'));
    assert.equal(published.length, 1);
    diagnostics.closed();
    assert.equal(last().length, 1);
    assert.notDeepEqual(published[0]?.[1], published[1]?.[1]);
    diagnostics.onDisk(GOOD);
    assert.deepEqual(last(), []);
  });

  it('does not repeat itself', () => {
    const broken = GOOD.replace('version: 1', 'version: 9');
    diagnostics.onDisk(broken);
    diagnostics.onDisk(broken);
    assert.equal(published.length, 1);
  });

  it('names tables that the warehouse refused at their node, until they can be read', () => {
    diagnostics.onDisk(GOOD);
    diagnostics.unavailable(new Map([['B', { error: 'There is no table mart.b.', since: 0 }]]));
    assert.deepEqual(last(), ['There is no table mart.b.']);
    assert.equal(published[0]?.[1][0]?.range.start.line, 9);
    diagnostics.unavailable(new Map());
    assert.deepEqual(last(), []);
  });

  it('says what contradicts the tables where it stands, once, until it is typed away', () => {
    const missing = (id: string, value: string, code: SchemaFinding['code'] = 'missingColumn'): SchemaFinding => ({
      severity: 'error',
      code,
      message: `${id} lacks ${value}.`,
      at: { owner: { kind: 'node', id }, key: code === 'missingTable' ? 'table' : 'date_column', value },
      replacement: 'date',
    });
    diagnostics.onDisk(GOOD);
    diagnostics.unavailable(new Map([['B', { error: 'There is no column day.', since: 0 }]]));
    diagnostics.schema([missing('B', 'day'), missing('A', 'mart.a', 'missingTable')]);
    assert.deepEqual(last(), ['A lacks mart.a.', 'B lacks day.']);
    const [, b] = published.at(-1)?.[1] ?? [];
    assert.deepEqual(b?.range, { start: { line: 9, character: 45 }, end: { line: 9, character: 48 } });
    const typed = GOOD.replace('mart.b, date_column: day', 'mart.b, date_column: date');
    diagnostics.opened(URI, typed.replace('name: test', 'nmae: test'));
    assert.equal(last().length, 2, 'what is broken is said beside it');
    diagnostics.opened(URI, typed);
    assert.deepEqual(last(), ['A lacks mart.a.']);
    diagnostics.schema([]);
    assert.deepEqual(last(), ['There is no column day.']);
  });

  it('checks waivers against the manifest', () => {
    diagnostics.onDisk(GOOD);
    diagnostics.waivers('waivers:\n  - { processor: Z, from: 2021-11-01, to: 2021-11-02, reason: lost, author: Ada }\n');
    assert.equal(published[0]?.[0], pathToFileURL(WAIVERS).toString());
    assert.match(JSON.stringify(last()), /no `Z`/);
  });
});

import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { EXTENSION_ID } from '../../../src/protocol/contributions/ids';

const BACKFILL = '20240107T101500-made-ab12';
const LOG = 'MADE-2024-01-01-1.log';
const RANGE = 'MADE-2024-01-01-1+1.log';

const MANIFEST = `version: 1
name: Logs
warehouse: { type: duckdb, path: none.duckdb }
seasons: [{ name: "2024", start: 2024-01-01, end: 2024-01-06 }]
calendars: { daily: { every: day } }
phases:
  - id: build
    name: Build
    processors:
      - { id: MADE, table: made.made, date_column: day, run: { sql: made.sql }, log: nba-phase4 }
`;

/** A journal of a backfill with one log, as an executor leaves it. */
function writeBackfill(folder: string, id: string, log: string, dates: readonly string[]): string {
  const runs = join(folder, '.backfill/runs', id);
  mkdirSync(join(runs, 'logs'), { recursive: true });
  const partition = (date: string) => ({
    processor: 'MADE',
    date,
    action: 'run',
    status: 'missing',
    why: 'it was never run',
    preflight: 'allowed',
  });
  const plan = {
    version: 1,
    id,
    pipeline: 'Logs',
    manifest: join(folder, 'backfill.yaml'),
    createdAt: '2024-01-07T10:15:00.000Z',
    mode: 'backfill',
    request: {
      processors: ['MADE'],
      dates,
      choices: ['all'],
      withUpstream: false,
      withDownstream: false,
      order: 'oldest',
      slots: 1,
      policy: 'continue',
      overrides: [],
    },
    jobs: [{ processor: 'MADE', method: 'range', command: ['job'], slots: 1, hash: '0'.repeat(64) }],
    partitions: dates.map(partition),
    warnings: [],
  };
  writeFileSync(join(runs, 'plan.json'), JSON.stringify(plan));
  const owner = { host: 'h', boot: 'b', pidNamespace: 'n', pid: 1, startTime: '1' };
  const events = [
    { type: 'started', owner },
    ...dates.map((date) => ({
      type: 'attemptStarted',
      attempt: `MADE-${date}-1`,
      processor: 'MADE',
      date,
      before: 'r0',
      rowsBefore: 0,
      inputs: [],
      log: `logs/${log}`,
    })),
  ];
  const at = '2024-01-07T10:15:01.000Z';
  writeFileSync(
    join(runs, 'events.ndjson'),
    events.map((event, index) => `${JSON.stringify({ seq: index + 1, at, ...event })}\n`).join(''),
  );
  return join(runs, 'logs', log);
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 10_000; !(await holds()); ) {
    const editor = vscode.window.activeTextEditor;
    const seen = editor?.visibleRanges.map(({ start, end: last }) => `${start.line} to ${last.line}`).join();
    if (Date.now() > end)
      throw new Error(`Waited in vain for ${what}; lines ${seen} of ${editor?.document.lineCount} are visible.`);
    await new Promise((next) => setTimeout(next, 20));
  }
}

/** Headers that stick cover some lines. */
const STICKY = 6;

describe('a log in an editor', () => {
  let folder: string;

  before('a pipeline with a backfill', async function () {
    this.timeout(60_000);
    const [workspace] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(workspace);
    folder = workspace.uri.fsPath;
    writeFileSync(join(folder, 'made.sql'), "SELECT DATE '2024-01-01' AS day");
    writeFileSync(join(folder, 'backfill.yaml'), MANIFEST);
    await vscode.extensions.getExtension(EXTENSION_ID)?.activate();
    // Looking for the manifest again is what a person would do by opening the views.
    await vscode.commands.executeCommand('backfill.coverage.focus');
  });

  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  async function open(id: string, log: string): Promise<vscode.TextEditor> {
    const uri = vscode.Uri.from({ scheme: 'backfill-log', path: `/.backfill/runs/${id}/${log}` });
    const document = await vscode.workspace.openTextDocument(uri);
    return vscode.window.showTextDocument(document);
  }

  it('opens from the command at its end, is read-only, and has its language', async () => {
    const path = writeBackfill(folder, BACKFILL, LOG, ['2024-01-01']);
    writeFileSync(path, Array.from({ length: 500 }, (_, at) => `INFO:job:line ${at}\n`).join(''));
    await until('the log', async () => {
      await vscode.commands.executeCommand('backfill.openLog', { backfill: BACKFILL });
      return vscode.window.activeTextEditor?.document.uri.scheme === 'backfill-log';
    });
    const editor = vscode.window.activeTextEditor;
    assert.ok(editor);
    assert.equal(editor.document.languageId, 'backfill-log');
    await until('the end in sight', () => (editor.visibleRanges.at(-1)?.end.line ?? 0) >= 500);
    assert.equal(
      await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'no')).then(() => editor.document.isDirty),
      false,
    );
  });

  it('shows the end of a gigabyte at once, and earlier parts on demand', async () => {
    const id = '20240107T101501-made-ab13';
    const path = writeBackfill(folder, id, LOG, ['2024-01-01']);
    writeFileSync(path, '');
    truncateSync(path, 2 ** 30);
    appendFileSync(path, `\n${Array.from({ length: 100_000 }, (_, at) => `INFO:job:line ${at}\n`).join('')}`);
    // What opening anything takes on this machine now, to compare with.
    const small = join(folder, 'small.txt');
    writeFileSync(small, Array.from({ length: 13_000 }, (_, at) => `INFO:job:line ${at}\n`).join(''));
    const timed = async (work: () => Thenable<vscode.TextEditor>) => {
      const start = performance.now();
      const editor = await work();
      return { editor, took: performance.now() - start };
    };
    await open(BACKFILL, LOG);
    const plain = await timed(() => vscode.window.showTextDocument(vscode.Uri.file(small)));
    const before = process.memoryUsage().rss;
    const { editor, took } = await timed(() => open(id, LOG));
    const grown = process.memoryUsage().rss - before;
    const { document } = editor;
    assert.equal(document.lineAt(document.lineCount - 2).text, 'INFO:job:line 99999');
    assert.ok(document.getText().length <= 256 << 10);
    // 200 ms where nothing else runs; as a share where a hundred other things do.
    assert.ok(took < Math.max(200, plain.took * 4), `${took} ms, and ${plain.took} ms for a small file`);
    assert.ok(grown < 100e6, `${grown} bytes`);
    const first = document.lineAt(0).text;
    const lines = document.lineCount;
    await vscode.commands.executeCommand('backfill.loadEarlierLog');
    await until('earlier lines', () => document.lineCount > lines);
    const shift = document.lineCount - lines;
    assert.equal(document.lineAt(shift).text, first);
    await until(`line ${shift} at the top`, () => Math.abs((editor.visibleRanges[0]?.start.line ?? 0) - shift) <= STICKY);
  });

  it('grows by insertions only, stays where somebody reads, and follows at the end', async function () {
    this.timeout(60_000);
    const id = '20240107T101502-made-ab14';
    const path = writeBackfill(folder, id, LOG, ['2024-01-01']);
    writeFileSync(path, Array.from({ length: 2_000 }, (_, at) => `INFO:job:line ${at}\n`).join(''));
    await vscode.commands.executeCommand('backfill.openLog', { backfill: id });
    const editor = vscode.window.activeTextEditor;
    assert.ok(editor);
    const { document } = editor;
    const lastSeen = () => editor.visibleRanges.at(-1)?.end.line ?? 0;
    await until('the end in sight', () => lastSeen() >= document.lineCount - 2);
    let replaced = 0;
    let events = 0;
    const counting = vscode.workspace.onDidChangeTextDocument((event) => {
      if (event.document !== document) return;
      events++;
      for (const { rangeLength } of event.contentChanges) replaced += rangeLength;
    });
    try {
      for (let round = 0; round < 5; round++) {
        const lines = document.lineCount;
        appendFileSync(path, Array.from({ length: 50 }, (_, at) => `INFO:job:round ${round} ${at}\n`).join(''));
        await until('what was appended', () => document.lineCount === lines + 50);
        await until('its end in sight', () => lastSeen() >= document.lineCount - 2);
      }
      const middle = new vscode.Range(1000, 0, 1000, 8);
      editor.selection = new vscode.Selection(middle.start, middle.end);
      editor.revealRange(middle, vscode.TextEditorRevealType.AtTop);
      await until('the middle in sight', () => Math.abs((editor.visibleRanges[0]?.start.line ?? 0) - 1000) <= STICKY);
      const top = editor.visibleRanges[0]?.start.line;
      const selected = document.getText(editor.selection);
      for (let round = 0; round < 3; round++) {
        const lines = document.lineCount;
        appendFileSync(path, 'INFO:job:unseen\n');
        await until('what was appended', () => document.lineCount === lines + 1);
      }
      assert.equal(editor.visibleRanges[0]?.start.line, top);
      assert.equal(document.getText(editor.selection), selected);
      await vscode.commands.executeCommand('cursorBottom');
      await until('the end in sight again', () => lastSeen() >= document.lineCount - 2);
      const lines = document.lineCount;
      appendFileSync(path, Array.from({ length: 100 }, () => 'INFO:job:followed again\n').join(''));
      await until('what was appended', () => document.lineCount === lines + 100);
      await until('its end in sight', () => lastSeen() >= document.lineCount - 2);
      assert.ok(events > 0);
      assert.equal(replaced, 0, 'characters were replaced');
    } finally {
      counting.dispose();
    }
  });

  it('grows to 8 MiB, then begins anew at its end, once', async function () {
    this.timeout(120_000);
    const id = '20240107T101503-made-ab15';
    const path = writeBackfill(folder, id, LOG, ['2024-01-01']);
    const line = `INFO:job:${'x'.repeat(190)}\n`;
    writeFileSync(path, line.repeat(1000));
    await vscode.commands.executeCommand('backfill.openLog', { backfill: id });
    const editor = vscode.window.activeTextEditor;
    assert.ok(editor);
    const { document } = editor;
    let anew = 0;
    const counting = vscode.workspace.onDidChangeTextDocument((event) => {
      if (event.document === document && event.contentChanges.some(({ rangeLength }) => rangeLength > 0)) anew++;
    });
    try {
      let most = 0;
      for (let written = 0.2; written < 9; written += 0.5) {
        const before = document.lineCount;
        appendFileSync(path, line.repeat(2500));
        await until('what was appended', () => document.lineCount !== before);
        most = Math.max(most, document.lineCount * line.length);
      }
      await until('a new beginning', () => document.lineCount * line.length < 2e6);
      assert.ok(most > 7e6 && most < 9e6, `${most}`);
      assert.equal(anew, 1);
    } finally {
      counting.dispose();
    }
  });

  it('survives rotation and truncation, and is never hurt by junk', async () => {
    const id = '20240107T101504-made-ab16';
    const path = writeBackfill(folder, id, LOG, ['2024-01-01']);
    writeFileSync(path, 'one\ntwo\n');
    const { document } = await open(id, LOG);
    assert.equal(document.getText(), 'one\ntwo\n');
    truncateSync(path, 4);
    await until('the shorter log', () => document.getText() === 'one\n');
    renameSync(path, `${path}.1`);
    const junk = Buffer.from(Array.from({ length: 5_000 }, (_, at) => (at * 7919) % 251)).filter(
      (byte) => byte !== 10 && byte !== 13,
    );
    const bar = Array.from({ length: 1_000 }, (_, at) => `\r ${at / 10}%`).join('');
    writeFileSync(
      path,
      Buffer.concat([Buffer.from(`\u001b[32mgreen\u001b[0m\n${bar}\n\0\0`), junk, Buffer.from(`\n${'y'.repeat(1e5)}\nlast\n`)]),
    );
    await until('the new log', () => document.getText().endsWith('last\n'));
    assert.equal(document.lineCount, 6);
    assert.equal(document.lineAt(0).text, 'green');
    assert.equal(document.lineAt(1).text, ' 99.9%');
    assert.equal(document.lineAt(2).text.slice(0, 2), '␀␀');
    assert.match(document.lineAt(3).text, /^y{10240} … 89,760 more bytes$/);
  });

  it('has dates as an outline and folds, problems with their partition, links, times, and colours', async () => {
    const id = '20240107T101505-made-ab17';
    const path = writeBackfill(folder, id, RANGE, ['2024-01-01', '2024-01-02']);
    const text = [
      'INFO:__main__:Processing game date 1/2: 2024-01-01',
      'INFO:precompute_base:PRECOMPUTE_STEP Data extracted in 12.4s',
      'INFO:__main__:  ✓ Success: 312 players',
      'INFO:__main__:Processing game date 2/2: 2024-01-02',
      "ERROR:precompute_base:PrecomputeProcessorBase Error: KeyError 'minutes'",
      'ERROR:__main__:  ✗ Failed: Unknown',
      '',
    ].join('\n');
    writeFileSync(path, text);
    writeFileSync(`${path}.idx`, `${Buffer.byteLength(text)} 1704622501000\n`);
    const { document } = await open(id, RANGE);
    const { uri } = document;
    const ask = <T>(command: string, ...rest: unknown[]) => vscode.commands.executeCommand<T>(command, uri, ...rest);
    const symbols = await ask<vscode.DocumentSymbol[]>('vscode.executeDocumentSymbolProvider');
    assert.deepEqual(
      symbols.map(({ name, range }) => [name, range.start.line, range.end.line]),
      [
        ['MADE 2024-01-01', 0, 2],
        ['MADE 2024-01-02', 3, 5],
      ],
    );
    const folds = await ask<vscode.FoldingRange[]>('vscode.executeFoldingRangeProvider');
    assert.deepEqual(
      folds.map(({ start, end }) => [start, end]),
      [
        [0, 2],
        [3, 5],
      ],
    );
    const lenses = await ask<vscode.CodeLens[]>('vscode.executeCodeLensProvider', 100);
    const titles = lenses.map(({ command, range }) => `${range.start.line} ${command?.title}`);
    assert.ok(titles.includes('3 Show in Coverage') && titles.includes('3 Run again'), titles.join('\n'));
    assert.ok(titles.some((title) => title.startsWith("3 MADE 2024-01-02 · its log says that it failed: KeyError 'minutes'")));
    await until('problems', () => vscode.languages.getDiagnostics(uri).length > 0);
    assert.deepEqual(
      vscode.languages.getDiagnostics(uri).map(({ message, range, source }) => [message, range.start.line, source]),
      [["MADE 2024-01-02: KeyError 'minutes'", 4, 'backfill']],
    );
    const hints = await ask<vscode.InlayHint[]>('vscode.executeInlayHintProvider', new vscode.Range(0, 0, 6, 0));
    assert.equal(hints.length, 6);
    const label = hints[0]?.label;
    assert.ok(typeof label === 'string' && /^\d\d:\d\d:\d\d$/.test(label));
    const tokens = await ask<vscode.SemanticTokens>('vscode.provideDocumentRangeSemanticTokens', new vscode.Range(0, 0, 6, 0));
    assert.equal(tokens.data.length / 5, 6, 'every line tells something');
    // Another log in its tab closes it, too.
    await vscode.commands.executeCommand('backfill.internal.openLogAt', { backfill: BACKFILL, log: LOG });
    await until('no problems of a log that gave way', () => vscode.languages.getDiagnostics(uri).length === 0);
    await open(id, RANGE);
    await until('problems again', () => vscode.languages.getDiagnostics(uri).length > 0);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await until('no problems of a closed log', () => vscode.languages.getDiagnostics(uri).length === 0);
  });

  it('goes on where it was when the engine was started again', async function () {
    this.timeout(120_000);
    const id = '20240107T101506-made-ab18';
    const path = writeBackfill(folder, id, LOG, ['2024-01-01']);
    writeFileSync(path, Array.from({ length: 200_000 }, (_, at) => `INFO:job:line ${at}\n`).join(''));
    await vscode.commands.executeCommand('backfill.internal.openLogAt', { backfill: id, log: LOG }, 2_000_000);
    const editor = vscode.window.activeTextEditor;
    assert.ok(editor);
    const { document } = editor;
    const last = document.lineAt(document.lineCount - 2).text;
    assert.ok(!document.getText().includes('line 199999\n'));
    await vscode.commands.executeCommand('backfill.restartEngine');
    await vscode.commands.executeCommand('backfill.loadLaterLog');
    await until('what comes after it', () => document.lineAt(document.lineCount - 2).text !== last);
    assert.ok(document.getText().includes(`${last}\n`), 'what was shown is shown');
    await vscode.commands.executeCommand('backfill.goToLogEnd');
    await until('the end', () => document.getText().endsWith('line 199999\n'));
    await vscode.commands.executeCommand('backfill.restartEngine');
    appendFileSync(path, 'INFO:job:one more\n');
    await until('what was appended', () => document.getText().endsWith('one more\n'));
  });

  it('says why there is none', async () => {
    const uri = vscode.Uri.from({ scheme: 'backfill-log', path: `/.backfill/runs/${BACKFILL}/..%2Fplan.json` });
    await assert.rejects(Promise.resolve(vscode.workspace.openTextDocument(uri)), /has no log/);
  });
});

import assert from 'node:assert/strict';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FileStore } from '../../../../src/adapters/duckdb/fileStore';
import { FileCoverageCache } from '../../../../src/adapters/files/coverageCache';
import { readText } from '../../../../src/adapters/files/textFile';
import { openWarehouse } from '../../../../src/adapters/openWarehouse';
import { WarehouseError } from '../../../../src/app/ports';
import { PipelineSession } from '../../../../src/app/session/pipelineSession';
import { Holder, runDuckdb } from '../../../support/duckdb';
import { SILENT, sessionDeps } from '../../../support/sessionDeps';
import { useTemporaryFolder } from '../../../support/temporaryFolder';

const MANIFEST = `
version: 1
name: test
warehouse: { type: duckdb, path: warehouse.duckdb }
seasons: [{ name: 2021-22, start: 2021-11-01, end: 2021-11-02 }]
phases:
  - id: one
    processors:
      - { id: A, table: main.a, date_column: day, run: { command: [a, "{date}"] } }
`;

describe('A DuckDB file that other processes use', () => {
  const folder = useTemporaryFolder();
  const path = () => join(folder(), 'warehouse.duckdb');
  let opened = 0;
  let holder: Holder | undefined;
  beforeEach(async () => {
    opened = 0;
    await runDuckdb(path(), "CREATE TABLE a AS SELECT DATE '2021-11-01' AS day");
  });
  afterEach(async () => {
    await holder?.release();
    holder = undefined;
  });

  const storeWith = (patienceMs: number, onOpen: () => unknown = () => {}) =>
    new FileStore(path(), {
      patienceMs,
      onOpen: () => {
        opened++;
        onOpen();
      },
    });
  const countRows = (store: FileStore) =>
    store.use(undefined, async ({ connection }) =>
      Number((await connection.runAndReadAll('SELECT COUNT(*) FROM a')).value(0, 0)),
    );

  it('keeps a session alive on its last snapshot while a writer holds it, and recovers by the next probe', async () => {
    writeFileSync(join(folder(), 'backfill.yaml'), MANIFEST);
    let now = Date.UTC(2021, 11, 1);
    const clock = { now: () => now };
    const session = new PipelineSession(
      sessionDeps({
        manifestPath: join(folder(), 'backfill.yaml'),
        readText,
        openWarehouse: (config) => openWarehouse(config, folder(), clock, { patienceMs: 0, onOpen: () => opened++ }),
        cache: new FileCoverageCache(join(folder(), '.backfill'), SILENT),
        clock,
      }),
    );
    await session.reload();
    const readAt = now;
    const first = await session.coverage('probe');
    assert.ok(first);
    assert.equal(first.problem, undefined);

    holder = await Holder.open(path());
    await holder.run("INSERT INTO a VALUES (DATE '2021-11-02')");
    now += 60_000;
    const held = await session.coverage('probe');
    assert.equal(held?.problem?.kind, 'busy');
    assert.match(held?.problem?.message ?? '', new RegExp(`being written by process ${holder.pid} .*last answer, with its age`));
    assert.equal(held?.problem?.since, now);
    assert.equal(held?.asOf, readAt, 'the snapshot keeps its age');
    assert.deepEqual([...(held?.input.observations.nodes.get('A')?.rows ?? [])], [1]);

    await holder.release();
    const recovered = await session.coverage('probe');
    assert.equal(recovered?.problem, undefined);
    assert.equal(recovered?.asOf, now);
    assert.deepEqual([...(recovered?.input.observations.nodes.get('A')?.rows ?? [])], [1, 1]);

    opened = 0;
    await session.coverage('probe');
    const next = new PipelineSession(
      sessionDeps({
        manifestPath: join(folder(), 'backfill.yaml'),
        readText,
        openWarehouse: (config) => openWarehouse(config, folder(), clock, { onOpen: () => opened++ }),
        cache: new FileCoverageCache(join(folder(), '.backfill'), SILENT),
        clock,
      }),
    );
    await next.reload();
    const fromCache = await next.coverage('probe');
    assert.deepEqual([...(fromCache?.input.observations.nodes.get('A')?.rows ?? [])], [1, 1]);
    assert.equal(opened, 0, 'an unchanged file is not opened, by this process or the next');
    await next.coverage('read');
    assert.equal(opened, 1, 'a refresh opens it in any case');
  });

  it('is read once the writer lets go, while the reader still tries', async () => {
    holder = await Holder.open(path());
    let again: () => void = () => {};
    const secondTry = new Promise<void>((resolve) => {
      again = resolve;
    });
    const read = countRows(storeWith(30_000, () => opened > 1 && again()));
    await secondTry;
    await holder.release();
    assert.equal(await read, 1);
  });

  it('gives up after its patience, with the process that holds it', async () => {
    holder = await Holder.open(path());
    await assert.rejects(countRows(storeWith(1_500)), (error) => {
      assert.ok(error instanceof WarehouseError);
      assert.deepEqual([error.kind, error.pid], ['busy', holder?.pid]);
      return true;
    });
    assert.ok(opened > 2, `tried only ${opened} times`);
  });

  it('can be read by several processes at once', async () => {
    holder = await Holder.open(path(), 'read');
    assert.equal(await countRows(storeWith(0)), 1);
  });

  it('is free for a writer as soon as a read has ended', async () => {
    const store = storeWith(0);
    await Promise.all([countRows(store), countRows(store)]);
    holder = await Holder.open(path());
  });

  it('is shared by reads at the same time, but nobody joins after one has left: readers cannot keep a writer out for ever', async () => {
    const store = storeWith(0);
    const gates = [0, 1].map(() => {
      let open: () => void = () => {};
      const opening = new Promise<void>((resolve) => {
        open = resolve;
      });
      return { open: () => open(), opening };
    });
    const [first, second] = gates;
    assert.ok(first && second);
    let inside = 0;
    const enter = (gate: { opening: Promise<void> }) =>
      store.use(undefined, () => {
        inside++;
        return gate.opening;
      });
    const reads = [enter(first), enter(second)];
    while (inside < 2) await new Promise(setImmediate);
    assert.equal(opened, 1);
    await assert.rejects(Holder.open(path()), /Could not set lock/);
    first.open();
    await reads[0];
    const late = countRows(store);
    for (let turns = 0; turns < 50; turns++) await new Promise(setImmediate);
    assert.equal(opened, 1, 'the late one waits');
    second.open();
    await reads[1];
    assert.equal(await late, 1);
    assert.equal(opened, 2);
  });

  it('is one file by whatever path it is opened', async () => {
    const link = join(folder(), 'link.duckdb');
    symlinkSync(path(), link);
    let release: () => void = () => {};
    const reading = storeWith(0).use(
      undefined,
      () =>
        new Promise<void>((resolve) => {
          release = resolve;
        }),
    );
    assert.equal(await countRows(new FileStore(link, { onOpen: () => opened++ })), 1);
    assert.equal(opened, 1);
    await assert.rejects(Holder.open(path()), /Could not set lock/, 'the first one still has its lock');
    release();
    await reading;
  });

  it('says that a newer DuckDB wrote it, or that it is damaged', async () => {
    const bytes = readFileSync(path());
    writeFileSync(path(), withVersion(bytes, 999n));
    await assert.rejects(countRows(storeWith(0)), {
      kind: 'unsupported',
      message: /written by a newer DuckDB than the one built in/,
    });
    bytes.fill(7, 4_200, 4_300);
    writeFileSync(path(), bytes);
    await assert.rejects(countRows(storeWith(0)), (error) => error instanceof WarehouseError && error.kind === 'unreachable');
  });
});

/** The same database as a later release with another storage format would mark it: the version and the checksum of the first block. */
function withVersion(bytes: Buffer, version: bigint): Buffer {
  const marked = Buffer.from(bytes);
  marked.writeBigUInt64LE(version, 12);
  let checksum = 5381n;
  for (let at = 8; at < 4_096; at += 8) checksum ^= BigInt.asUintN(64, marked.readBigUInt64LE(at) * 0xbf58476d1ce4e5b9n);
  marked.writeBigUInt64LE(checksum, 0);
  return marked;
}

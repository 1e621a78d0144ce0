import assert from 'node:assert/strict';
import { runBranches } from '../../../../src/adapters/bigquery/unionQueries';
import { WarehouseError } from '../../../../src/app/ports';
import type { CoverageBranch } from '../../../../src/core/sql/coverage';

const branches = (count: number): CoverageBranch[] =>
  Array.from({ length: count }, (_, index) => {
    const name = `n${index}`;
    return { key: name, table: `t.${name}`, from: name, sql: `SELECT '${name};'` };
  });
const namesIn = (sql: string) => [...sql.matchAll(/'(n\d+);'/g)].map(([, name]) => name ?? '');
const LIMITS = { characters: 1e6, tables: 1000 };

describe('Branches as queries', () => {
  async function run(count: number, broken: readonly string[], limits = LIMITS, kind: 'invalidSql' | 'quota' = 'invalidSql') {
    const queries: string[] = [];
    const failed = new Map<string, string>();
    const rows = await runBranches(
      branches(count),
      limits,
      async (sql, tables) => {
        queries.push(sql);
        const names = namesIn(sql);
        assert.deepEqual(
          tables,
          names.map((name) => `t.${name}`),
        );
        const found = names.find((name) => broken.includes(name));
        if (found !== undefined) throw new WarehouseError(kind, `${found} is broken`);
        return names;
      },
      (key, error) => failed.set(key, error.message),
    );
    return { queries, failed, rows: rows.sort() };
  }

  it('are one where all is well', async () => {
    const { queries, rows, failed } = await run(50, []);
    assert.equal(queries.length, 1);
    assert.equal(rows.length, 50);
    assert.equal(failed.size, 0);
  });

  it('lose only the nodes that are broken, in few tries', async () => {
    const { queries, rows, failed } = await run(64, ['n7', 'n40']);
    assert.deepEqual(Object.fromEntries(failed), { n7: 'n7 is broken', n40: 'n40 is broken' });
    assert.equal(rows.length, 62);
    assert.ok(queries.length <= 2 * 2 * 6 + 1, String(queries.length));
  });

  it('are not tried in parts where the trouble is of all', async () => {
    const { queries, failed } = await run(8, ['n3'], LIMITS, 'quota');
    assert.equal(queries.length, 1);
    assert.equal(failed.size, 8);
  });

  it('are more where one would be too long or read too many tables, and none without branches', async () => {
    assert.deepEqual(
      (await run(10, [], { ...LIMITS, tables: 4 })).queries.map((sql) => namesIn(sql).length),
      [4, 4, 2],
    );
    const short = await run(10, [], { ...LIMITS, characters: 100 });
    assert.ok(short.queries.length > 1);
    assert.ok(short.queries.every((sql) => sql.replace(/\nORDER BY.*/, '').length <= 100));
    assert.equal(short.rows.length, 10);
    assert.equal((await run(0, [])).queries.length, 0);
  });

  it('stop where the reader gives up', async () => {
    const given = new DOMException('given up', 'AbortError');
    await assert.rejects(
      runBranches(
        branches(2),
        LIMITS,
        () => Promise.reject(given),
        () => assert.fail(),
      ),
      given,
    );
  });
});

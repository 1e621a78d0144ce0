import assert from 'node:assert/strict';
import { appendFile, chmod, mkdir, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileBytes } from '../../../../src/adapters/files/fileBytes';
import { FollowedFile } from '../../../../src/app/logs/followedFile';
import { useTemporaryFolder } from '../../../support/temporaryFolder';

describe('a log that others write', () => {
  const folder = useTemporaryFolder();
  let path: string;
  let log: FollowedFile;
  beforeEach(() => {
    path = join(folder(), 'a.log');
    log = new FollowedFile(fileBytes(path));
  });
  const identity = async () => (await log.look())?.identity;

  it('stays the same as long as it only grows', async () => {
    assert.equal(await log.look(), undefined);
    await writeFile(path, '');
    const first = await identity();
    for (const text of ['a', 'b\n', 'c'.repeat(1000), 'd\n']) {
      await appendFile(path, text);
      assert.equal(await identity(), first);
    }
    assert.equal((await log.look())?.size, 1005);
  });

  it('is another one when it was rotated, made shorter, or emptied and filled beyond its size', async () => {
    await writeFile(path, 'old line\n');
    const seen = [await identity()];
    const isNew = async (how: string) => {
      const now = await identity();
      assert.ok(now !== undefined && !seen.includes(now), how);
      seen.push(now);
    };
    await rename(path, `${path}.1`);
    await writeFile(path, 'created\n');
    await isNew('another file');
    await truncate(path, 2);
    await isNew('shorter');
    await truncate(path, 0);
    await writeFile(path, 'much longer than before\n');
    await isNew('emptied and filled');
    await rm(path);
    assert.equal(await log.look(), undefined);
    // Its number may be that of the file that was deleted.
    await writeFile(path, 'a file of the same name, and longer\n');
    await isNew('deleted and made again');
  });

  it('tells its encoding as soon as there is one, again when it begins anew', async () => {
    await writeFile(path, '');
    await log.look();
    await appendFile(path, Buffer.from('\ufeffa\n', 'utf16le'));
    await log.look();
    assert.equal(log.textAt().encoding, 'utf-16le');
    await writeFile(path, 'x\n');
    await log.look();
    assert.equal(log.textAt().encoding, 'utf-8');
  });

  it('says why it cannot be read, and goes on when it can', async () => {
    await mkdir(path);
    assert.equal(await log.look(), undefined);
    assert.equal(log.obstacle, 'it is a folder');
    await rm(path, { recursive: true });
    await symlink(path, path);
    assert.equal(await log.look(), undefined);
    assert.equal(log.obstacle, 'it cannot be opened (ELOOP)');
    await rm(path);
    assert.equal(await log.look(), undefined);
    assert.equal(log.obstacle, undefined, 'nothing is there, and that is all');
    await writeFile(`${path}.real`, 'one\n');
    await symlink(`${path}.real`, path);
    assert.equal((await log.look())?.size, 4);
    assert.equal(log.obstacle, undefined);
  });

  it('keeps what it was while nobody may read it', async () => {
    await chmod(folder(), 0o755);
    await writeFile(path, 'one\n');
    const before = await identity();
    await appendFile(path, 'two\n');
    await chmod(path, 0);
    await withoutPrivileges(async () => assert.equal(await log.look(), undefined));
    assert.equal(log.obstacle, 'permission is denied');
    await chmod(path, 0o644);
    assert.equal(await identity(), before);
    assert.equal(log.obstacle, undefined);
  });
});

/** Does something as somebody who is not the superuser: that one may read everything. */
async function withoutPrivileges(work: () => Promise<void>): Promise<void> {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

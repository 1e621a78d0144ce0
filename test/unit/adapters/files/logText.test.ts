import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readLogText } from '../../../../src/adapters/files/logText';
import { useTemporaryFolder } from '../../../support/temporaryFolder';

describe('the text of a log', () => {
  const folder = useTemporaryFolder();

  async function textOf(path: string, most?: number): Promise<string> {
    let text = '';
    for await (const chunk of readLogText(path, most)) text += chunk;
    return text;
  }

  it('comes whole, whatever the chunks cut', async () => {
    const path = join(folder(), 'a.log');
    const text = '✓ Grüße ⏭️\n'.repeat(20_000);
    await writeFile(path, text);
    assert.equal(await textOf(path), text);
  });

  it('is its end where it is too long', async () => {
    const path = join(folder(), 'a.log');
    await writeFile(path, 'first\nsecond\nthird\n');
    assert.equal(await textOf(path, 9), 'nd\nthird\n');
  });

  it('is nothing where there is none, and no text where there is something else', async () => {
    assert.equal(await textOf(join(folder(), 'none.log')), '');
    assert.equal(await textOf(folder()), '');
    const path = join(folder(), 'b.log');
    await writeFile(path, Uint8Array.of(0xff, 0xff, 0x00, 0x41));
    assert.equal(await textOf(path), '\ufffd\ufffd\u0000A');
  });

  it('is read as UTF-16 where its first bytes say so', async () => {
    const path = join(folder(), 'a.log');
    const text = '✓ Success: 30 teams\n'.repeat(10_000);
    await writeFile(path, Buffer.from(`\ufeff${text}`, 'utf16le'));
    assert.equal(await textOf(path), text);
    assert.equal(await textOf(path, 13), ' teams\n');
    await writeFile(path, Buffer.from(`\ufeff${text}`, 'utf16le').swap16());
    assert.equal(await textOf(path), text);
  });
});

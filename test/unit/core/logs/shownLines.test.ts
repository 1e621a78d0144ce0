import assert from 'node:assert/strict';
import fc from 'fast-check';
import { digestLog } from '../../../../src/core/logs/digestLog';
import { LineProjector, LONGEST_SHOWN, type ShownLine } from '../../../../src/core/logs/shownLines';
import { encoded, type TextEncoding } from '../../../../src/core/logs/textEncoding';

const encode = (text: string) => new TextEncoder().encode(text);

function shown(chunks: readonly Uint8Array[]): ShownLine[] {
  const lines: ShownLine[] = [];
  const projector = new LineProjector();
  for (const chunk of chunks) projector.feed(chunk, (line) => lines.push(line));
  projector.end((line) => lines.push(line));
  return lines;
}
const texts = (text: string) => shown([encode(text)]).map((line) => line.text);

describe('what is shown of a log', () => {
  it('is each line as a person saw it last', () => {
    assert.deepEqual(texts('plain\r\n\u001b[31mred\u001b[0m and \u001b]0;title\u0007back\n\n  indented\tmore\nno end'), [
      'plain',
      'red and back',
      '',
      '  indented\tmore',
      'no end',
    ]);
    assert.deepEqual(texts(' 10%|#\r 50%|##\r100%|###\r\n\rdone\r   \n'), ['100%|###', 'done']);
  });

  it('has a sign for what cannot be seen, and nothing that an editor takes for a line or a binary file', () => {
    assert.deepEqual(texts('\ufeffa\u0000b\u0007c\u2028d\u007f\n'), ['a␀b␇c d␡']);
    assert.deepEqual(shown([Uint8Array.of(0x41, 0xff, 0xfe, 0x42)]), [{ offset: 0, text: 'A\ufffd\ufffdB' }]);
  });

  it('cuts long lines and says how much is missing, also of one that has no end for long', () => {
    const [line] = shown([encode(`${'x'.repeat(3_000_000)}\n`)]);
    assert.equal(line?.text, `${'x'.repeat(LONGEST_SHOWN)} … 2,989,760 more bytes`);
    const projector = new LineProjector();
    for (let round = 0; round < 300; round++) projector.feed(encode('y'.repeat(10_000)), () => assert.fail('a line'));
    assert.equal(projector.pending, `${'y'.repeat(LONGEST_SHOWN)} … 2,989,760 more bytes`);
    projector.feed(encode('\rover'), () => assert.fail('a line'));
    assert.equal(projector.pending, 'over');
  });

  it('tells what a progress bar shows before its line has an end', () => {
    const projector = new LineProjector();
    projector.feed(encode('begun\n 10%'), () => undefined);
    assert.equal(projector.pending, ' 10%');
    projector.feed(encode('\r 20%\r'), () => undefined);
    assert.equal(projector.pending, ' 20%');
    assert.equal(projector.lineStart, 6);
  });

  it('knows where each line begins, in bytes', () => {
    const text = 'é\n\r\nzwei\nthree';
    for (const { offset, text: line } of shown([encode(text)])) {
      assert.ok(new TextDecoder().decode(encode(text).subarray(offset)).startsWith(line), line);
    }
  });

  const piece = fc.oneof(
    fc.constantFrom('\n', '\r', '\r\n', '\u001b[1m', '\u001b', '\u0000', ' ', 'word', 'ü', '✓', 'x'.repeat(LONGEST_SHOWN)),
    fc.string(),
  );

  it('is the same however the bytes are cut into chunks', () => {
    fc.assert(
      fc.property(fc.array(piece), fc.array(fc.nat({ max: 40_000 })), (pieces, cuts) => {
        const bytes = encode(pieces.join(''));
        const chunks: Uint8Array[] = [];
        let from = 0;
        for (const cut of cuts) {
          chunks.push(bytes.subarray(from, from + cut));
          from = Math.min(bytes.length, from + cut);
        }
        assert.deepEqual(shown([...chunks, bytes.subarray(from)]), shown([bytes]));
      }),
    );
  });

  it('is the same in UTF-16, however the bytes are cut into chunks', () => {
    const encodings = fc.constantFrom<TextEncoding[]>('utf-16le', 'utf-16be');
    const wide = fc.oneof(piece, fc.constantFrom('Ċ', '😀', 'ĊĀ'));
    fc.assert(
      fc.property(fc.array(wide), fc.array(fc.nat({ max: 9 })), encodings, (pieces, cuts, as) => {
        const bytes = encoded(pieces.join(''), as);
        const lines: ShownLine[] = [];
        const projector = new LineProjector(0, () => as);
        let from = 0;
        for (const cut of [...cuts, bytes.length]) {
          projector.feed(bytes.subarray(from, from + cut), (line) => lines.push(line));
          from = Math.min(bytes.length, from + cut);
        }
        projector.end((line) => lines.push(line));
        assert.deepEqual(
          lines.map(({ text }) => text),
          texts(pieces.join('')),
        );
        assert.equal(lines[0]?.offset ?? 0, 0);
        for (const { offset } of lines.slice(1))
          assert.equal(Buffer.compare(bytes.subarray(offset - 2, offset), encoded('\n', as)), 0);
      }),
    );
  });

  it('cuts long lines between characters', () => {
    for (const character of ['é', '✓', '😀']) {
      const [line] = shown([encode(`a${character.repeat(LONGEST_SHOWN)}\n`)]);
      assert.match(line?.text ?? '', new RegExp(`^a(?:${character})+ … [\\d,]+ more bytes$`));
    }
  });

  it('has as many lines as an editor makes of it, and as the digest counts', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), fc.array(piece), (junk, pieces) => {
        const bytes = Buffer.concat([junk, encode(pieces.join(''))]);
        const lines = shown([bytes]);
        for (const { text } of lines) assert.ok(!['\n', '\r', '\0', '\u2028'].some((bad) => text.includes(bad)));
        const text = lines.map((line) => `${line.text}\n`).join('');
        assert.equal(digestLog(text, {}).lines, lines.length);
      }),
    );
  });
});
